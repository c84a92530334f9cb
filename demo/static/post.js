// One act of the visitor's, posted. Raises where it was not done.

export async function post(path, fields = {}) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The demo answered ${answer.status}.`);
}

// The sentence that stands under the ready-made talks; none takes the last one away.
export function tell(words = "") {
  document.getElementById("said").textContent = words;
}
