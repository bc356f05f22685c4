"""One's own sign-in: password, passkeys, an app for codes, and the devices one is signed in on."""
