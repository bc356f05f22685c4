// Passkeys: asks the browser to make one or to show one, and sends what it says with the form.
// A form says what it wants in data-passkey: add, get, or sign-in (which first fetches its options).
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function withBytes(credentials) {
    return (credentials || []).map(function (one) {
      return Object.assign({}, one, { id: bytes(one.id) });
    });
  }

  function sent(credential) {
    var answer = credential.response;
    var response = { clientDataJSON: text(answer.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (answer[name]) { response[name] = text(answer[name]); }
    });
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: response
    });
  }

  function made(form, options) {
    var wanted = Object.assign({}, options.publicKey);
    var alone = form.querySelector("[name=passwordless]");
    wanted.challenge = bytes(wanted.challenge);
    wanted.user = Object.assign({}, wanted.user, { id: bytes(wanted.user.id) });
    wanted.excludeCredentials = withBytes(wanted.excludeCredentials);
    if (alone && (alone.checked || alone.type === "hidden")) {
      wanted.authenticatorSelection = Object.assign({}, wanted.authenticatorSelection, {
        residentKey: "required", requireResidentKey: true, userVerification: "required"
      });
    }
    return navigator.credentials.create({ publicKey: wanted });
  }

  function shown(options) {
    var wanted = Object.assign({}, options.publicKey);
    wanted.challenge = bytes(wanted.challenge);
    wanted.allowCredentials = withBytes(wanted.allowCredentials);
    return navigator.credentials.get({ publicKey: wanted });
  }

  function optionsOf(form) {
    if (form.dataset.passkey !== "sign-in") {
      return Promise.resolve(JSON.parse(form.dataset.options));
    }
    return fetch(form.action, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.json(); })
      .then(function (found) { return found.request_options; });
  }

  function prepare(form) {
    var fault = form.querySelector("[role=alert][hidden]");
    form.hidden = false;
    form.querySelector("button[type=button]").addEventListener("click", function () {
      optionsOf(form)
        .then(function (options) {
          return form.dataset.passkey === "add" ? made(form, options) : shown(options);
        })
        .then(function (credential) {
          form.querySelector("[name=credential]").value = sent(credential);
          form.submit();
        })
        .catch(function () { if (fault) { fault.hidden = false; } });
    });
  }

  if (window.PublicKeyCredential) {
    document.querySelectorAll("form[data-passkey]").forEach(prepare);
  }
})();
