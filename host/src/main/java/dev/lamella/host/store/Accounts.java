package dev.lamella.host.store;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AccountAdded;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.AccountList;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.AccountSecret;
import dev.lamella.core.api.GrantsRequest;
import dev.lamella.core.api.LimitsRequest;
import dev.lamella.core.api.SecretRequest;
import dev.lamella.core.api.TrustsRequest;
import java.util.Map;
import java.util.Optional;

/** The store's calls about accounts. All but {@link #mine} are for its administrators. */
public final class Accounts {
  private static final String ALL = "/v1/accounts";

  private final Api api;

  Accounts(Api api) {
    this.api = api;
  }

  /** The account that asks. */
  public AccountAnswer mine() {
    return api.read("ask who you are", api.get("/v1/account", Map.of()), AccountAnswer.class);
  }

  /** Tried once: what is answered is nowhere else, and another try would find the account there. */
  public AccountAdded add(AccountRequest request) {
    return once()
        .read("add the account " + request.name(), api.post(ALL, request), AccountAdded.class);
  }

  /** The page after a name, or the first. */
  public AccountList page(Optional<String> last) {
    Map<String, String> query = last.map(name -> Map.of("last", name)).orElse(Map.of());
    return api.read("list accounts", api.get(ALL, query), AccountList.class);
  }

  public AccountAnswer find(AccountName name) {
    return api.read(
        "ask for the account " + name, api.get(path(name), Map.of()), AccountAnswer.class);
  }

  /** Replaces what it may do. Idempotent. */
  public AccountAnswer grant(AccountName name, GrantsRequest request) {
    return api.read(
        "change what %s may do".formatted(name),
        api.send("PUT", path(name) + "/grants", request),
        AccountAnswer.class);
  }

  /** Replaces whom it takes without a secret. Idempotent. */
  public AccountAnswer trust(AccountName name, TrustsRequest request) {
    return api.read(
        "change whom %s trusts".formatted(name),
        api.send("PUT", path(name) + "/trusts", request),
        AccountAnswer.class);
  }

  /** Replaces its limits. Idempotent. */
  public AccountAnswer limit(AccountName name, LimitsRequest request) {
    return api.read(
        "change the limits of " + name,
        api.send("PUT", path(name) + "/limits", request),
        AccountAnswer.class);
  }

  /** Makes another secret: the one before stays good. Tried once: each ends an older one. */
  public AccountSecret rotate(AccountName name, SecretRequest request) {
    return once()
        .read(
            "make a secret of " + name,
            api.post(path(name) + "/secrets", request),
            AccountSecret.class);
  }

  /**
   * @param now whether its tokens end at once, and not each by itself
   */
  public void remove(AccountName name, boolean now) {
    Map<String, String> query = now ? Map.of("now", "true") : Map.of();
    api.call("remove the account " + name, Exchange.of("DELETE", api.uri(path(name), query)));
  }

  /** Ends all tokens of all accounts. */
  public void revokeTokens() {
    api.call("end all tokens", api.post("/v1/keys", Map.of()));
  }

  private Api once() {
    return new Api(api.base(), api.wire(), api.retrier().once(), api.meter(), api.signIn());
  }

  private static String path(AccountName name) {
    return ALL + "/" + name;
  }
}
