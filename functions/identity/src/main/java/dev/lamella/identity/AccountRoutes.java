package dev.lamella.identity;

import static dev.lamella.core.access.Action.ADMINISTER;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.GrantsRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.LimitsRequest;
import dev.lamella.core.api.SecretRequest;
import dev.lamella.core.api.TrustsRequest;
import dev.lamella.core.identity.Accounts;
import dev.lamella.core.identity.SignIn;
import dev.lamella.core.identity.SigningKeys;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Endpoint;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Accounts: one's own, and, for who administers the store, all. */
final class AccountRoutes {
  private final SignIn signIn;
  private final Accounts accounts;
  private final SigningKeys keys;

  AccountRoutes(SignIn signIn, Accounts accounts, SigningKeys keys) {
    this.signIn = signIn;
    this.accounts = accounts;
    this.keys = keys;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/account/?", new Need.SignIn(), this::own),
        administered("GET", "/v1/accounts/?", this::list),
        administered("POST", "/v1/accounts/?", this::add).audited(AuditAction.ACCOUNT),
        administered(
            "GET", "/v1/accounts/{name}", call -> Answer.json(200, accounts.find(name(call)))),
        administered("DELETE", "/v1/accounts/{name}", this::remove).audited(AuditAction.ACCOUNT),
        administered("PUT", "/v1/accounts/{name}/grants", this::grant).audited(AuditAction.ACCOUNT),
        administered("PUT", "/v1/accounts/{name}/trusts", this::trust).audited(AuditAction.ACCOUNT),
        administered("PUT", "/v1/accounts/{name}/limits", this::limit).audited(AuditAction.ACCOUNT),
        administered("POST", "/v1/accounts/{name}/secrets", this::rotate)
            .audited(AuditAction.ACCOUNT),
        administered("POST", "/v1/keys/?", this::replaceKeys).audited(AuditAction.REVOKE));
  }

  /** For who administers now: else one who was removed could make itself another account. */
  private Route administered(String method, String path, Endpoint endpoint) {
    return Route.of(
        method,
        path,
        new Need.OnStore(ADMINISTER),
        call -> {
          signIn.requireAdministrator(new AccountName(call.caller().name()));
          return endpoint.answer(call);
        });
  }

  private static AccountName name(Call call) {
    return new AccountName(call.variable(0));
  }

  private Answer own(Call call) {
    AccountName name = new AccountName(call.caller().name());
    if (name.equals(AccountName.ANONYMOUS)) {
      return Answer.json(200, AccountAnswer.of(signIn.anonymous().account()));
    }
    return Answer.json(
        200,
        signIn
            .find(name)
            .map(AccountAnswer::of)
            .orElseThrow(
                () ->
                    new Refusal(
                        ErrorCode.ACCOUNT_UNKNOWN,
                        "the account " + name + " was removed: its token ends soon")));
  }

  private Answer list(Call call) {
    return Answer.json(
        200,
        accounts.list(call.query("last").filter(last -> !last.isEmpty()).map(AccountName::new)));
  }

  private Answer add(Call call) {
    AccountRequest request = Json.read(call.body().bytes(), AccountRequest.class);
    call.notes().reference(request.name().value()).detail(added(request));
    return secret(accounts.add(request));
  }

  private Answer grant(Call call) {
    GrantsRequest request = Json.read(call.body().bytes(), GrantsRequest.class);
    call.notes().detail("grant: " + rights(request.administrator(), request.grants()));
    return Answer.json(200, accounts.grant(name(call), request));
  }

  private Answer trust(Call call) {
    TrustsRequest request = Json.read(call.body().bytes(), TrustsRequest.class);
    call.notes().detail("trust: " + rules(request.trusts()));
    return Answer.json(200, accounts.trust(name(call), request));
  }

  private Answer limit(Call call) {
    LimitsRequest request = Json.read(call.body().bytes(), LimitsRequest.class);
    call.notes().detail("limits: " + new String(Json.write(request.limits()), UTF_8));
    return Answer.json(200, accounts.limit(name(call), request));
  }

  private Answer rotate(Call call) {
    SecretRequest request = Json.read(call.body().bytes(), SecretRequest.class);
    call.notes().detail("another secret");
    return secret(accounts.rotate(name(call), request.days()));
  }

  private static String added(AccountRequest request) {
    String rights = rights(request.administrator(), request.grants());
    return (rights.isEmpty() ? "add" : "add: " + rights)
        + request.trusts().map(trusts -> "; trust: " + rules(trusts)).orElse("");
  }

  private static String rules(List<TrustRule> rules) {
    return rules.isEmpty()
        ? "nobody without a secret"
        : rules.stream().map(AccountRoutes::rule).collect(Collectors.joining("; "));
  }

  private static String rule(TrustRule rule) {
    return switch (rule) {
      case TrustRule.Oidc oidc ->
          "%s for %s where %s"
              .formatted(
                  oidc.issuer(),
                  oidc.audience(),
                  oidc.claims().stream()
                      .map(claim -> claim.claim() + "=" + claim.pattern())
                      .collect(Collectors.joining(" ")));
      case TrustRule.Aws(String arn) -> arn;
    };
  }

  private static String rights(boolean administrator, List<Grant> grants) {
    return Stream.concat(
            administrator ? Stream.of("administrator") : Stream.empty(),
            grants.stream().map(AccountRoutes::right))
        .collect(Collectors.joining(" "));
  }

  private static String right(Grant grant) {
    return grant.actions().stream()
        .map(action -> action.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(",", grant.repositories().value() + "=", ""));
  }

  private static Answer secret(Object answer) {
    return Answer.json(201, answer).with("Cache-Control", "no-store");
  }

  private Answer remove(Call call) {
    boolean now = call.query("now").filter("true"::equals).isPresent();
    call.notes().detail(now ? "remove, and end its tokens" : "remove");
    accounts.remove(name(call), now);
    return Answer.empty(204);
  }

  private Answer replaceKeys(Call call) {
    keys.replace();
    return Answer.empty(204);
  }
}
