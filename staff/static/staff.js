// Makes the pages a little kinder where scripts run. Nothing here is needed: every act works without it.
import { Button, ErrorSummary, SkipLink, createAll } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(Button); // a second press within a second is not a second act
createAll(ErrorSummary); // takes the focus, and leads to the field rather than past it
createAll(SkipLink);
