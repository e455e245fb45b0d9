/** Tokens of OpenID Connect issuers, and the keys that they are checked with. */
package dev.lamella.identity.oidc;
