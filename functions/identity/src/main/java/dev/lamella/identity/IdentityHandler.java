package dev.lamella.identity;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.identity.Accounts;
import dev.lamella.core.identity.IssueToken;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.identity.SignIn;
import dev.lamella.core.identity.SigningKeys;
import dev.lamella.core.identity.TrustedProofs;
import dev.lamella.core.port.AccountIndex;
import dev.lamella.core.port.Secrets;
import dev.lamella.core.port.TrustIndex;
import dev.lamella.gateway.Callers;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.Router;
import dev.lamella.gateway.token.TokenCallers;
import dev.lamella.identity.oidc.IssuerAddresses;
import dev.lamella.identity.oidc.IssuerHttps;
import dev.lamella.identity.oidc.SignedOidcTokens;
import dev.lamella.identity.sts.StsCallers;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * The function {@code identity}: who signs in, and the tokens they get. No other function has
 * secrets, or can sign.
 */
public final class IdentityHandler extends Gateway {
  public IdentityHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public IdentityHandler(Map<String, String> variables, InstantSource clock) {
    super(router(new Environment(variables), clock));
  }

  /** A store that takes everybody alike has nothing here. */
  private static Router router(Environment environment, InstantSource clock) {
    Adapters adapters = new Adapters(environment);
    String service = environment.required("SERVICE");
    TrustIndex trust = adapters.trust();
    Callers callers = TokenCallers.where(environment.required("SIGN_IN"), service, trust, clock);
    return new Router(
        callers.equals(Callers.OPEN)
            ? List.of()
            : routes(
                adapters.accounts(),
                trust,
                adapters.secrets(),
                proofs(environment, clock),
                service,
                clock),
        callers);
  }

  /**
   * What it answers in a store that asks to sign in.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static List<Route> routes(Map<String, String> variables, InstantSource clock) {
    Environment environment = new Environment(variables);
    Adapters adapters = new Adapters(environment);
    return routes(
        adapters.accounts(),
        adapters.trust(),
        adapters.secrets(),
        proofs(environment, clock),
        environment.required("SERVICE"),
        clock);
  }

  private static TrustedProofs proofs(Environment environment, InstantSource clock) {
    IssuerHttps https =
        new IssuerHttps(
            tls(), IssuerAddresses.parse(environment.optional("PRIVATE_ISSUERS").orElse("")));
    return new TrustedProofs(
        new SignedOidcTokens(https, clock),
        new StsCallers(
            environment.optional("STORE_HOSTS").orElse(""),
            environment.optional("AWS_ENDPOINT_URL_STS"),
            clock));
  }

  private static SSLSocketFactory tls() {
    try {
      return SSLContext.getDefault().getSocketFactory();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java has no TLS", e);
    }
  }

  static List<Route> routes(
      AccountIndex accounts,
      TrustIndex trust,
      Secrets secrets,
      TrustedProofs proofs,
      String service,
      InstantSource clock) {
    SignIn signIn = new SignIn(accounts, secrets, proofs, clock);
    SigningKeys keys = new SigningKeys(secrets, trust, new KnownTrust(trust, clock), clock);
    return Stream.of(
            new TokenRoutes(signIn, new IssueToken(keys, new TokenSigner(service))).routes(),
            new AccountRoutes(signIn, new Accounts(accounts, trust, clock), keys).routes())
        .flatMap(List::stream)
        .toList();
  }
}
