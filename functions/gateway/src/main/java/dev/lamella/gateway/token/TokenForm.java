package dev.lamella.gateway.token;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.TokenClaims;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How claims stand in a JSON Web Token: those of Docker's token protocol, and two of our own.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/jwt/">Docker's claims</a>
 */
public final class TokenForm {
  /** RSA: checked faster than it is signed, and by Java's first compiler, too. */
  public static final JWSAlgorithm ALGORITHM = JWSAlgorithm.RS256;

  private static final String ACCESS = "access";
  private static final String PULLS = "pulls";
  private static final String ADMINISTERS = "administers";
  private static final String LIMITS = "limits";

  /** Of an account that has no limits. It is said: a token that says nothing is none of ours. */
  private static final String UNLIMITED = "none";

  private TokenForm() {}

  /**
   * @param service the store that gives the token, and takes it
   */
  public static JWTClaimsSet write(TokenClaims claims, String service) {
    return new JWTClaimsSet.Builder()
        .issuer(service)
        .audience(service)
        .subject(claims.account().value())
        .jwtID(claims.id())
        .issueTime(Date.from(claims.issued()))
        .notBeforeTime(Date.from(claims.issued()))
        .expirationTime(Date.from(claims.expires()))
        .claim(ACCESS, access(claims.access().repositories()))
        .claim(PULLS, claims.access().pulls().stream().map(NamePattern::value).toList())
        .claim(ADMINISTERS, claims.access().administers())
        .claim(LIMITS, claims.limits().<Object>map(TokenForm::numbers).orElse(UNLIMITED))
        .build();
  }

  private static List<Map<String, Object>> access(Map<RepositoryName, Set<Action>> repositories) {
    List<Map<String, Object>> access = new ArrayList<>();
    new TreeMap<>(repositories)
        .forEach(
            (name, actions) ->
                access.add(
                    Map.of(
                        "type",
                        "repository",
                        "name",
                        name.value(),
                        "actions",
                        EnumSet.copyOf(actions).stream().map(TokenForm::text).toList())));
    return access;
  }

  /**
   * @throws ParseException where a claim is missing, or not of its type
   * @throws IllegalArgumentException where an action is none of ours
   * @throws dev.lamella.core.Refusal where a name is outside its grammar
   */
  static TokenClaims read(JWTClaimsSet claims) throws ParseException {
    return new TokenClaims(
        required(claims.getJWTID(), "jti"),
        new AccountName(required(claims.getSubject(), "sub")),
        new Access(
            repositories(required(claims.getClaim(ACCESS), ACCESS)),
            required(claims.getStringListClaim(PULLS), PULLS).stream()
                .map(NamePattern::new)
                .toList(),
            required(claims.getBooleanClaim(ADMINISTERS), ADMINISTERS)),
        limits(required(claims.getClaim(LIMITS), LIMITS)),
        instant(claims.getIssueTime(), "iat"),
        instant(claims.getExpirationTime(), "exp"));
  }

  private static Map<String, Object> numbers(Limits limits) {
    Map<String, Object> numbers = new TreeMap<>();
    limits.layerBytes().ifPresent(number -> numbers.put("layerBytes", number));
    limits.uploads().ifPresent(number -> numbers.put("uploads", number));
    limits.stagedBytes().ifPresent(number -> numbers.put("stagedBytes", number));
    limits.uploadsPerMinute().ifPresent(number -> numbers.put("uploadsPerMinute", number));
    return numbers;
  }

  private static Optional<Limits> limits(Object claim) throws ParseException {
    if (claim.equals(UNLIMITED)) {
      return Optional.empty();
    }
    if (!(claim instanceof Map<?, ?> numbers)) {
      throw new ParseException(LIMITS + " is no object", 0);
    }
    return Optional.of(
        new Limits(
            number(numbers, "layerBytes"),
            number(numbers, "uploads").map(TokenForm::whole),
            number(numbers, "stagedBytes"),
            number(numbers, "uploadsPerMinute").map(TokenForm::whole)));
  }

  /** What is no int is out of range all the same. */
  private static int whole(long number) {
    return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static Optional<Long> number(Map<?, ?> numbers, String name) throws ParseException {
    Object number = numbers.get(name);
    if (number == null) {
      return Optional.empty();
    }
    if (number instanceof Long || number instanceof Integer) {
      return Optional.of(((Number) number).longValue());
    }
    throw new ParseException(LIMITS + " has a " + name + " that is no whole number", 0);
  }

  private static Map<RepositoryName, Set<Action>> repositories(Object access)
      throws ParseException {
    Map<RepositoryName, Set<Action>> repositories = new TreeMap<>();
    if (!(access instanceof List<?> entries)) {
      throw new ParseException(ACCESS + " is no list", 0);
    }
    for (Object entry : entries) {
      if (!(entry instanceof Map<?, ?> fields)
          || !(fields.get("name") instanceof String name)
          || !(fields.get("actions") instanceof List<?> actions)) {
        throw new ParseException(ACCESS + " has an entry without name or actions", 0);
      }
      Set<Action> allowed = EnumSet.noneOf(Action.class);
      for (Object action : actions) {
        allowed.add(Action.valueOf(String.valueOf(action).toUpperCase(Locale.ROOT)));
      }
      repositories.put(new RepositoryName(name), allowed);
    }
    return repositories;
  }

  private static String text(Action action) {
    return action.name().toLowerCase(Locale.ROOT);
  }

  private static Instant instant(Date date, String claim) throws ParseException {
    return required(date, claim).toInstant();
  }

  private static <T> T required(T value, String claim) throws ParseException {
    if (value == null) {
      throw new ParseException("the claim " + claim + " is missing", 0);
    }
    return value;
  }
}
