"""Tokens: random, recognisable, provable by a hash."""

from servicekit.auth import hash_secret, new_secret, new_token, same_secret, token_prefix


def test_a_token_names_its_prefix_and_is_proved_by_its_hash() -> None:
    token = new_token()
    assert token.text.startswith(f"fwy_{token.prefix}_")
    assert token_prefix(token.text) == token.prefix
    assert same_secret(token.text, token.sha256)
    assert not same_secret(token.text[:-1] + ("A" if token.text[-1] != "A" else "B"), token.sha256)
    assert token.text not in (token.sha256, hash_secret(token.sha256))


def test_no_two_secrets_are_the_same_and_each_has_256_bits() -> None:
    secrets = {new_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    assert {len(secret) for secret in secrets} == {43}


def test_what_has_not_the_form_of_a_token_has_no_prefix() -> None:
    for text in ("", "fwy_", "fwy_012345678901_short", f"xyz_012345678901_{'a' * 43}", f"fwy_ABC_{'a' * 43}"):
        assert token_prefix(text) is None
