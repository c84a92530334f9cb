"""The settings: what the environment (or `.env`) says, checked before anything starts. Nothing else reads the environment."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import BadSettings


def listed(value: str) -> tuple[str, ...]:
    """The parts of a setting that has commas between them."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


class Settings(BaseSettings):
    """What the environment (or `.env`) says. A bad one stops the start with a sentence that names it."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True, populate_by_name=True
    )

    database_url: str = Field("sqlite:///earshot.db", validation_alias="DATABASE_URL")
    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT", description="be a whole number from 1 to 65535")
    env: Literal["development", "production"] = Field(
        "development", validation_alias="EARSHOT_ENV", description="be development or production"
    )
    demo: bool = False
    public_url: str = Field(
        "", validation_alias="EARSHOT_PUBLIC_URL", description="be an address such as https://feedback.example.gov.uk"
    )
    secret_key: str = Field("", validation_alias="EARSHOT_SECRET_KEY", repr=False)
    data_keys: str = Field("", validation_alias="EARSHOT_DATA_KEYS", repr=False)
    settle_seconds: float | None = Field(
        None, ge=0, le=60, validation_alias="EARSHOT_SETTLE_SECONDS", description="be a number of seconds from 0 to 60"
    )
    allowed_origins: str = Field(
        "",
        validation_alias="EARSHOT_ALLOWED_ORIGINS",
        description="list sites as https://www.example.gov.uk, without a path, with commas between them",
    )
    proxy_hops: int = Field(0, ge=0, le=5, validation_alias="EARSHOT_PROXY_HOPS", description="be a whole number from 0 to 5")
    sms_countries: str = Field(
        "+44",
        pattern=r"^\+[0-9]{1,15}(\s*,\s*\+[0-9]{1,15})*$",
        validation_alias="EARSHOT_SMS_COUNTRIES",
        description="list beginnings of numbers such as +44, with commas between them",
    )
    second_step_roles: str = Field(
        "safeguarding,admin,publisher",
        pattern=r"^(none|(viewer|reviewer|publisher|safeguarding|admin|partner)(\s*,\s*(viewer|reviewer|publisher|safeguarding|admin|partner))*)$",
        validation_alias="EARSHOT_SECOND_STEP_ROLES",
        description="list roles such as safeguarding, admin, publisher, with commas between them, or be none",
    )
    oidc_issuer: str = Field(
        "",
        validation_alias="OIDC_ISSUER",
        description="be an address such as https://login.microsoftonline.com/YOUR-TENANT/v2.0",
    )
    oidc_client_id: str = Field("", validation_alias="OIDC_CLIENT_ID")
    oidc_client_secret: str = Field("", validation_alias="OIDC_CLIENT_SECRET", repr=False)
    oidc_tenants: str = Field("", validation_alias="OIDC_TENANTS")
    oidc_domains: str = Field("", validation_alias="OIDC_DOMAINS")
    oidc_roles_claim: str = Field("roles", validation_alias="OIDC_ROLES_CLAIM")
    oidc_roles: str = Field(
        "",
        pattern=r"^([^,=]+=\s*(viewer|reviewer|publisher|safeguarding|admin|partner)\s*(,|$))*$",
        validation_alias="OIDC_ROLES",
        description="list theirs and ours as Lead=safeguarding,Reader=reviewer: of viewer, reviewer, publisher, safeguarding, "
        "admin, partner",
    )
    only_local_account: str = Field("", validation_alias="EARSHOT_ONLY_LOCAL_ACCOUNT")
    media_url: str = Field("", validation_alias="EARSHOT_MEDIA_URL", repr=False)
    transcriber: str = Field(
        "",
        pattern=r"^([A-Za-z_][\w.]*:[A-Za-z_]\w*)?$",
        validation_alias="EARSHOT_TRANSCRIBER",
        description="name a function as package.module:function",
    )
    send_cap: int = Field(1000, ge=1, validation_alias="EARSHOT_SEND_CAP", description="be a whole number, 1 or more")
    outcome_hours: float = Field(
        4,
        ge=0.25,
        le=72,
        validation_alias="EARSHOT_OUTCOME_HOURS",
        description="be a number of hours from 0.25 to 72",
    )
    twilio_account_sid: str = Field(
        "",
        pattern=r"^(AC[0-9a-fA-F]{32})?$",
        validation_alias="TWILIO_ACCOUNT_SID",
        description="be AC and 32 letters and digits, as console.twilio.com shows it",
    )
    twilio_auth_token: str = Field("", validation_alias="TWILIO_AUTH_TOKEN", repr=False)
    twilio_sms_number: str = Field(
        "", pattern=r"^(\+[0-9]{5,15})?$", validation_alias="TWILIO_SMS_NUMBER", description="look like +447700900123"
    )
    twilio_whatsapp_number: str = Field(
        "", pattern=r"^(\+[0-9]{5,15})?$", validation_alias="TWILIO_WHATSAPP_NUMBER", description="look like +447700900123"
    )
    twilio_messaging_service_sid: str = Field("", validation_alias="TWILIO_MESSAGING_SERVICE_SID")
    twilio_api_url: str = Field(
        "https://api.twilio.com",
        validation_alias="TWILIO_API_URL",
        description="be an address such as https://api.twilio.com",
    )
    twilio_content_url: str = Field(
        "https://content.twilio.com",
        validation_alias="TWILIO_CONTENT_URL",
        description="be an address such as https://content.twilio.com",
    )
    twilio_whatsapp_buttons: bool = Field(
        default=False, validation_alias="TWILIO_WHATSAPP_BUTTONS", description="be 1 (buttons) or 0 (numbered lines alone)"
    )
    twilio_template_nudge: str = Field(
        "",
        pattern=r"^([A-Za-z][A-Za-z0-9-]*=HX[0-9a-fA-F]{32}(\s*,\s*[A-Za-z][A-Za-z0-9-]*=HX[0-9a-fA-F]{32})*)?$",
        validation_alias="TWILIO_TEMPLATE_NUDGE",
        description="list languages and approved templates as en=HX… (32 letters and digits), with commas between them",
    )
    twilio_template_invite: str = Field(
        "",
        pattern=r"^([A-Za-z][A-Za-z0-9-]*=HX[0-9a-fA-F]{32}(\s*,\s*[A-Za-z][A-Za-z0-9-]*=HX[0-9a-fA-F]{32})*)?$",
        validation_alias="TWILIO_TEMPLATE_INVITE",
        description="list languages and approved templates as en=HX… (32 letters and digits), with commas between them",
    )
    meta_page_id: str = Field("", pattern=r"^[0-9]*$", validation_alias="META_PAGE_ID", description="be the page's number")
    meta_page_token: str = Field("", validation_alias="META_PAGE_TOKEN", repr=False)
    meta_app_secret: str = Field("", validation_alias="META_APP_SECRET", repr=False)
    meta_app_id: str = Field("", pattern=r"^[0-9]*$", validation_alias="META_APP_ID", description="be the app's number")
    meta_verify_token: str = Field("", validation_alias="META_VERIFY_TOKEN", repr=False)
    meta_api_url: str = Field(
        "https://graph.facebook.com",
        validation_alias="META_API_URL",
        description="be an address such as https://graph.facebook.com",
    )
    telegram_token: str = Field("", validation_alias="TELEGRAM_TOKEN", repr=False)
    telegram_secret: str = Field("", validation_alias="TELEGRAM_SECRET", repr=False)
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        validation_alias="TELEGRAM_API_URL",
        description="be an address such as https://api.telegram.org",
    )
    email_address: str = Field("", validation_alias="EMAIL_ADDRESS")
    email_imap_url: str = Field("", validation_alias="EMAIL_IMAP_URL", repr=False)
    email_smtp_url: str = Field("", validation_alias="EMAIL_SMTP_URL", repr=False)
    email_webhook_secret: str = Field("", validation_alias="EMAIL_WEBHOOK_SECRET", repr=False)
    email_authserv_id: str = Field("", validation_alias="EMAIL_AUTHSERV_ID")
    email_bounce_address: str = Field("", validation_alias="EMAIL_BOUNCE_ADDRESS")
    email_oauth_token_url: str = Field("", validation_alias="EMAIL_OAUTH_TOKEN_URL")
    email_oauth_client_id: str = Field("", validation_alias="EMAIL_OAUTH_CLIENT_ID")
    email_oauth_client_secret: str = Field("", validation_alias="EMAIL_OAUTH_CLIENT_SECRET", repr=False)
    email_oauth_scope: str = Field("", validation_alias="EMAIL_OAUTH_SCOPE")
    email_oauth_refresh_token: str = Field("", validation_alias="EMAIL_OAUTH_REFRESH_TOKEN", repr=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """From outside a setting is read by its name in `.env.example` only: ENV, DEMO and SECRET_KEY belong to others."""
        del file_secret_settings
        outside = [
            InitSettingsSource(
                settings_cls,
                init_kwargs={name: value for name, value in source().items() if name not in settings_cls.model_fields},
            )
            for source in (env_settings, dotenv_settings)
        ]
        return (init_settings, *outside)

    @field_validator("oidc_issuer", "public_url", "twilio_api_url", "twilio_content_url", "meta_api_url", "telegram_api_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment):
            raise ValueError
        return value.rstrip("/")

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        for origin in listed(value):
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError
        return value

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if not self.public_url:
            self.public_url = f"http://127.0.0.1:{self.port}"
        if (self.twilio_sms_number or self.twilio_whatsapp_number or self.twilio_messaging_service_sid) and not (
            self.twilio_account_sid and self.twilio_auth_token
        ):
            raise ValueError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed where a Twilio number is set")
        self._whole()
        self._whole_door()
        if self.env == "production":
            self._ready_for_production()
        return self

    def _whole(self) -> None:
        """A provider's settings are all there or the channel is off: half of them would be a silent door."""
        meta = (self.meta_page_id, self.meta_page_token, self.meta_app_secret, self.meta_verify_token)
        if any(meta) and not all(meta):
            raise ValueError("Messenger needs META_PAGE_ID, META_PAGE_TOKEN, META_APP_SECRET and META_VERIFY_TOKEN together")
        if self.telegram_secret and not self.telegram_token:
            raise ValueError("TELEGRAM_TOKEN is needed where TELEGRAM_SECRET is set")
        if (self.email_imap_url or self.email_smtp_url or self.email_webhook_secret) and not self.email_address:
            raise ValueError("EMAIL_ADDRESS is needed where another EMAIL_ setting is set")
        if self.email_address and not (self.email_imap_url or self.email_webhook_secret):
            raise ValueError("EMAIL_IMAP_URL or EMAIL_WEBHOOK_SECRET is needed where EMAIL_ADDRESS is set: else no mail comes in")

    def _whole_door(self) -> None:
        """The council's sign-in works, or is not offered; and nobody is locked out by half of it."""
        oidc = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, self.oidc_roles)
        if any(oidc) and not all(oidc):
            raise ValueError("OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_ROLES are needed together")
        if self.only_local_account and not self.oidc_issuer:
            raise ValueError("EARSHOT_ONLY_LOCAL_ACCOUNT needs OIDC_ISSUER: else one person alone can sign in")
        if self.env == "production" and self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            raise ValueError("OIDC_ISSUER must begin with https:// in production")

    def _ready_for_production(self) -> None:
        if len(self.secret_key) < 32:  # noqa: PLR2004 - 32 characters, a quarter of them spare
            raise ValueError("EARSHOT_SECRET_KEY must be set in production, 32 characters or more")
        if not self.data_keys:
            raise ValueError("EARSHOT_DATA_KEYS must be set in production; make one with: earshot key")
        if not self.public_url.startswith("https://"):
            raise ValueError("EARSHOT_PUBLIC_URL must begin with https:// in production")
        if self.demo:
            raise ValueError("the demo does not run in production")

    @classmethod
    def read(cls, **given: object) -> Settings:
        """From the environment, with what is given on top. Raises ``BadSettings`` with a sentence for each fault."""
        try:
            return cls(**given)  # type: ignore[arg-type] # pydantic checks each of them
        except ValidationError as error:
            raise BadSettings(" ".join(cls._sentence(fault) for fault in error.errors())) from error

    @classmethod
    def _sentence(cls, fault: ErrorDetails) -> str:
        """What a setting must do, by its name outside; for settings that do not go together, what the check says."""
        for name, field in cls.model_fields.items():
            if fault["loc"] and fault["loc"][0] in {name, field.validation_alias}:
                return f"{field.validation_alias or name} must {field.description or 'be plain text'}."
        return f"{fault['msg'].removeprefix('Value error, ')}."

    def settle(self, usual: timedelta) -> timedelta:
        """The pause after which a burst is over: the setting for every channel, else the channel's own."""
        return usual if self.settle_seconds is None else timedelta(seconds=self.settle_seconds)
