package dev.lamella.core.port;

import dev.lamella.core.access.TrustRule;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Checks tokens of OpenID Connect issuers. Only the function {@code identity} has it. */
public interface OidcTokens {
  /**
   * What a token says, where the rule's issuer signed it, for the rule's audience, and it is good
   * now. Whether the rule's conditions hold is for who asks. Why a token is not good is logged, and
   * the token never is.
   *
   * @param token as it was sent: any text of any length
   * @return an object; empty where the token is not good, for whatever reason
   * @throws dev.lamella.core.Unavailable where the issuer's keys cannot be had, and the token might
   *     be good
   */
  Optional<JsonNode> claims(String token, TrustRule.Oidc rule);
}
