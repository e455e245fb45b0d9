package dev.lamella.core.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;

/**
 * A token, as clients of Docker's token protocol and of OAuth 2 read it.
 *
 * @param token the same as {@code accessToken}: each kind of client reads its own
 * @param expiresIn seconds
 * @param refreshToken where one was asked for
 * @param tokenType {@code Bearer}, as OAuth 2 has it
 * @param issuedTokenType where another token was exchanged for it (RFC 8693)
 */
public record TokenAnswer(
    String token,
    @JsonProperty("access_token") String accessToken,
    @JsonProperty("expires_in") long expiresIn,
    @JsonProperty("issued_at") Instant issuedAt,
    @JsonProperty("refresh_token") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<String> refreshToken,
    @JsonProperty("token_type") Optional<String> tokenType,
    @JsonProperty("issued_token_type") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<String> issuedTokenType) {
  /** Without the tokens. */
  @Override
  public String toString() {
    return "a token from " + issuedAt;
  }
}
