package dev.lamella.identity;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.gateway.Call;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client asks for at {@code /token}.
 *
 * @param proof how it says who it is
 * @param scope scopes, separated by spaces
 * @param offline whether it wants a refresh token as well
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">by GET</a> and <a
 *     href="https://distribution.github.io/distribution/spec/auth/oauth/">by POST</a>
 */
record TokenRequest(Proof proof, String scope, boolean offline) {
  private static final String BASIC = "basic ";
  private static final int LARGEST_FORM = 64 << 10;

  private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
  static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  private static final List<String> SUBJECTS =
      List.of("urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token");

  sealed interface Proof {}

  record Password(String account, String secret) implements Proof {
    /** Without the secret. */
    @Override
    public String toString() {
      return account;
    }
  }

  record Refresh(String token) implements Proof {
    /** Without the token. */
    @Override
    public String toString() {
      return "a refresh token";
    }
  }

  /**
   * A token of an OIDC issuer, to be exchanged for one of this store.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc8693">RFC 8693</a>
   */
  record Exchange(String account, String token) implements Proof {
    /** Without the token. */
    @Override
    public String toString() {
      return "a token for " + account;
    }
  }

  record None() implements Proof {}

  /**
   * @throws Refusal {@code UNAUTHORIZED} where the header is not one of HTTP Basic
   */
  static TokenRequest ofQuery(Call call) {
    return new TokenRequest(
        call.header("Authorization").<Proof>map(TokenRequest::basic).orElseGet(None::new),
        String.join(" ", call.queries("scope")),
        call.query("offline_token").filter("true"::equals).isPresent());
  }

  /**
   * @throws Refusal {@code REQUEST_INVALID} where the form is broken, or asks for another grant
   */
  static TokenRequest ofForm(Call call) {
    Map<String, String> form = form(call.body().bytes());
    Proof proof =
        switch (form.getOrDefault("grant_type", "")) {
          case "password" -> new Password(field(form, "username"), field(form, "password"));
          case "refresh_token" -> new Refresh(field(form, "refresh_token"));
          case EXCHANGE -> exchange(form);
          default ->
              throw new Refusal(
                  ErrorCode.REQUEST_INVALID,
                  "grant_type is not password, refresh_token or "
                      + EXCHANGE
                      + ": ask for one of these");
        };
    return new TokenRequest(
        proof,
        form.getOrDefault("scope", ""),
        form.getOrDefault("access_type", "").equals("offline"));
  }

  private static Proof exchange(Map<String, String> form) {
    if (!SUBJECTS.contains(field(form, "subject_token_type"))) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "subject_token_type is none of " + String.join(", ", SUBJECTS));
    }
    String type = form.getOrDefault("requested_token_type", ACCESS_TOKEN);
    if (!type.equals(ACCESS_TOKEN) || form.containsKey("actor_token")) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "a token is exchanged for an access token, and for nobody else: leave out actor_token,"
              + " and requested_token_type or make it "
              + ACCESS_TOKEN);
    }
    return new Exchange(
        Optional.ofNullable(form.get("username")).orElseGet(() -> field(form, "client_id")),
        field(form, "subject_token"));
  }

  private static Proof basic(String header) {
    if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      try {
        String text =
            new String(
                Base64.getDecoder().decode(header.substring(BASIC.length()).strip()),
                StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        if (colon >= 0) {
          return new Password(text.substring(0, colon), text.substring(colon + 1));
        }
      } catch (IllegalArgumentException _) {
        // Refused below, like a header of another scheme.
      }
    }
    throw new Refusal(
        ErrorCode.UNAUTHORIZED, "a token is got with an account and its secret, by HTTP Basic");
  }

  private static Map<String, String> form(byte[] body) {
    if (body.length > LARGEST_FORM) {
      throw new Refusal(ErrorCode.TOO_LARGE, "the form has more than " + LARGEST_FORM + " bytes");
    }
    Map<String, String> form = new HashMap<>();
    for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
      String[] field = pair.split("=", 2);
      try {
        form.put(decoded(field[0]), field.length == 2 ? decoded(field[1]) : "");
      } catch (IllegalArgumentException e) {
        throw new Refusal(ErrorCode.REQUEST_INVALID, "the form has a broken percent-encoding");
      }
    }
    return form;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String field(Map<String, String> form, String name) {
    return Optional.ofNullable(form.get(name))
        .orElseThrow(
            () -> new Refusal(ErrorCode.REQUEST_INVALID, "the form has no field '" + name + "'"));
  }
}
