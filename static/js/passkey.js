// Passkeys: <form data-passkey="create | get"> asks for a challenge at its own address + "/begin",
// lets the device answer, and sends the answer as an ordinary form.

const ready = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;

const PARSE = {
  create: (json) => PublicKeyCredential.parseCreationOptionsFromJSON(json),
  get: (json) => PublicKeyCredential.parseRequestOptionsFromJSON(json),
};

async function answer(form) {
  const kind = form.dataset.passkey;
  const csrf = form.elements.csrf?.value ?? "";
  const begun = await fetch(`${form.getAttribute("action")}/begin`, {
    method: "POST",
    headers: { "X-CSRF-Token": csrf },
  });
  if (!begun.ok) throw new Error(`begin: ${begun.status}`);
  const publicKey = PARSE[kind](await begun.json());
  const made = await navigator.credentials[kind]({ publicKey });
  form.elements.credential.value = JSON.stringify(made);
  form.submit();
}

for (const form of ready ? document.querySelectorAll("form[data-passkey]") : []) {
  const trouble = form.querySelector(".trouble");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trouble.hidden = true;
    answer(form).catch(() => {
      trouble.hidden = false;
    });
  });
}
