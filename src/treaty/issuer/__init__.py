"""A local issuer of tokens (OAuth 2.0, OpenID Connect), so that a login works offline."""
