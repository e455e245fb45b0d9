package dev.lamella.gateway.token;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.TokenClaims;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.port.TrustIndex;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Callers;
import java.time.InstantSource;
import java.util.Optional;

/** Callers by the token that they bring; others are told where to get one. */
public final class TokenCallers implements Callers {
  private static final String BEARER = "bearer ";

  private final String service;
  private final TokenCheck check;

  public TokenCallers(String service, TokenCheck check) {
    this.service = service;
    this.check = check;
  }

  /**
   * Callers as the settings of a store want them.
   *
   * @param signIn {@code on}, or {@code off} for a store that takes everybody alike
   * @throws IllegalArgumentException for anything else
   */
  public static Callers where(
      String signIn, String service, TrustIndex trust, InstantSource clock) {
    return switch (signIn) {
      case "on" ->
          new TokenCallers(service, new TokenCheck(service, new KnownTrust(trust, clock), clock));
      case "off" -> OPEN;
      default ->
          throw new IllegalArgumentException(
              "environment variable SIGN_IN is '" + signIn + "', not on or off");
    };
  }

  @Override
  public Caller of(Call call) {
    Optional<String> authorization = call.header("Authorization");
    if (authorization.isEmpty()) {
      return Caller.NOBODY;
    }
    String value = authorization.get();
    if (!value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new Refusal(
          ErrorCode.UNAUTHORIZED,
          "this store takes tokens, which " + realm(call) + " gives to who signs in");
    }
    TokenClaims claims = check.check(value.substring(BEARER.length()).strip());
    return claims.caller();
  }

  /**
   * As RFC 6750 has it (section 3): a caller who has no token, or one that allows too little, may
   * get one. So {@code DENIED} is 401 here where another token could help.
   */
  @Override
  public Answer refused(Call call, Refusal refusal) {
    Object scope = refusal.detail().get(Refusal.SCOPE);
    boolean isUnknown = refusal.code() == ErrorCode.UNAUTHORIZED;
    if (!isUnknown && scope == null) {
      return Answer.refusal(refusal);
    }
    StringBuilder challenge =
        new StringBuilder("Bearer realm=\"%s\",service=\"%s\"".formatted(realm(call), service));
    if (scope != null) {
      challenge.append(",scope=\"").append(scope).append('"');
    }
    if (call.header("Authorization").isPresent()) {
      challenge
          .append(",error=\"")
          .append(isUnknown ? "invalid_token" : "insufficient_scope")
          .append('"');
    }
    return Answer.unauthorized(refusal).with("WWW-Authenticate", challenge.toString());
  }

  /** Where tokens are got: at the address by which the caller reached the store. */
  private static String realm(Call call) {
    return call.origin() + call.stage() + "/token";
  }
}
