package dev.lamella.clients;

import dev.lamella.core.NamePattern;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A test of clients at a store that asks who calls. */
abstract class AskingStackTest extends StackTest {
  static final String WRITER = "writer";
  static final String READER = "reader";

  @Override
  LocalStackOptions options(LocalStackOptions options) {
    return super.options(options).withSignIn();
  }

  /** Adds one, and returns its secret. */
  String account(String name, String repositories, Action... actions) throws IOException {
    return administrator()
        .accounts()
        .add(
            new AccountRequest(
                new AccountName(name),
                false,
                List.of(new Grant(new NamePattern(repositories), Set.of(actions))),
                Optional.empty(),
                Optional.empty()))
        .secret()
        .orElseThrow();
  }

  private StoreClient administrator() throws IOException {
    return client(AccountName.ADMINISTRATOR.value(), administratorSecret(), TokenScope.STORE);
  }

  StoreClient client(String account, String secret, String... scopes) {
    return new StoreClient(endpoint(), Retries.DEFAULT)
        .signedIn(
            Optional.of(new Credential.Password(account, secret, "the test")), List.of(scopes));
  }

  static String[] push(String repository) {
    return new String[] {"repository:" + repository + ":pull,push"};
  }

  /** Where clients keep what one signs in with. */
  static Map<String, String> settings(Path directory) {
    return Map.of(
        "DOCKER_CONFIG", directory.toString(),
        "REGISTRY_AUTH_FILE", directory.resolve("auth.json").toString(),
        "REGCTL_CONFIG", directory.resolve("regctl.json").toString());
  }
}
