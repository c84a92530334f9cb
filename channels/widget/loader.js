// The one script a page carries: it puts a button where the link was. Everything else comes with the first press.
(() => {
  const NAME = "earshot-chat";
  const script = document.currentScript;
  if (!script || !self.customElements || customElements.get(NAME)) return;
  const files = new URL("widget/", script.src).href;

  customElements.define(NAME, class extends HTMLElement {
    connectedCallback() {
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.begin());
      else this.begin();
    }

    begin() {
      const link = this.querySelector("a[href]");
      if (this.shadowRoot || !link) return;
      const root = this.attachShadow({ mode: "open" });
      const region = root.appendChild(document.createElement("section"));
      const button = region.appendChild(document.createElement("button"));
      const side = getComputedStyle(this).direction === "rtl" ? "left" : "right";
      const look = "position:fixed;bottom:20px;" + side + ":20px;z-index:2147483000;padding:16px 22px;border:2px solid #fff;"
        + "border-radius:30px;background:#1c5b4c;color:#fff;font:700 1.125em/1.2 Arial,sans-serif;cursor:pointer";
      if (root.adoptedStyleSheets) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(":host{all:initial}section>button{" + look + "}button:focus-visible{outline:3px solid #1d2b2a;box-shadow:0 0 0 5px #ffcf4d}"
          + "section>[aria-expanded=true]{visibility:hidden}");
        root.adoptedStyleSheets = [sheet];
      } else button.style.cssText = look;
      button.textContent = link.textContent.trim();
      region.setAttribute("aria-label", button.textContent);
      button.setAttribute("aria-expanded", false);

      // A second press while the first waits for the network goes by the link, which needs no script.
      let coming = 0;
      const open = (pressed) => {
        if (coming) return location.assign(link.href);
        coming = 1;
        return import(files + "{CORE}").then((core) => core.open(this, { root, region, button }, files, pressed))
          .catch(() => pressed && location.assign(link.href)).then(() => { coming = 0; });
      };
      button.onclick = () => open(true);
      // A talk that was open before the page was loaded anew is opened again.
      try {
        if (JSON.parse(sessionStorage.getItem(NAME)).open) open();
      } catch (error) {
        // there was none, or the page forbids to look
      }
    }
  });
})();
