// Passkeys and security keys, where a script runs and the browser knows them. Everything else on the page works without.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

async function made(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: named(options.excludeCredentials) };
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
  const said = { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) };
  return { id, rawId: text(rawId), type, response: said };
}

async function answered(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  const said = {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : null,
  };
  return { id, rawId: text(rawId), type, response: said };
}

for (const form of document.querySelectorAll("form[data-key-options]")) {
  if (!window.PublicKeyCredential || !navigator.credentials) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-key-problem]");
    problem.textContent = "";
    const options = JSON.parse(form.dataset.keyOptions);
    try {
      form.elements.key.value = JSON.stringify(await (options.rp ? made(options) : answered(options)));
    } catch {
      problem.textContent = problem.dataset.keyProblem; // the person said no, took too long, or the key is known already
      return;
    }
    form.submit();
  });
}
