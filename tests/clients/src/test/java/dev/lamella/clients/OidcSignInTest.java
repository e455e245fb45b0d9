package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.NamePattern;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.TrustsRequest;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.store.Accounts;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A pipeline signs in by the token that its issuer gives it, through a client as it is. */
class OidcSignInTest extends StackTest {
  private static final AccountName PIPELINE = new AccountName("pipeline");

  private final SSLContext before;
  private final LocalIssuer issuer = new LocalIssuer();

  OidcSignInTest() throws NoSuchAlgorithmException {
    before = SSLContext.getDefault();
    // What functions trust: the certificate of the issuer that is here.
    SSLContext.setDefault(LocalIssuer.tls());
  }

  @AfterAll
  void end() {
    SSLContext.setDefault(before);
    issuer.close();
  }

  @Override
  LocalStackOptions options(LocalStackOptions options) {
    return super.options(options).withSignIn().withParameter("PrivateIssuers", "localhost");
  }

  @Test
  void crane_withATokenOfAnIssuer_pushesUntilItIsNotTrusted() throws IOException {
    Layout image = Layout.random(directory(), 33, 1000, 3 << 20);
    Tool crane = Client.CRANE.tool(directory(), registry());
    Accounts accounts = accounts();
    TrustRule.Oidc rule =
        new TrustRule.Oidc(
            issuer.url(),
            registry(),
            List.of(new ClaimCondition("sub", "repo:org/*")),
            Optional.empty());
    var _ =
        accounts.add(
            new AccountRequest(
                PIPELINE,
                false,
                List.of(new Grant(new NamePattern("team/*"), Set.of(Action.PULL, Action.PUSH))),
                Optional.empty(),
                Optional.of(List.of(rule))));
    String name = registry() + "/team/pipeline";
    var _ = Client.CRANE.login(crane, registry(), PIPELINE.value(), token("repo:stranger/x"));
    Client.CRANE.push(crane, image, name + ":1").failed();
    var _ = Client.CRANE.login(crane, registry(), PIPELINE.value(), token("repo:org/app"));
    Client.CRANE.push(crane, image, name + ":1").succeeded();
    Path pulled = directory();
    Client.CRANE.pull(crane, name + ":1", pulled).succeeded();
    image.isIn(pulled);
    var _ = accounts.trust(PIPELINE, new TrustsRequest(List.of(), Optional.empty()));
    Client.CRANE.push(crane, image, name + ":2").failed();
    assertThat(issuer.requests).as("discovery and keys, once").hasValue(2);
  }

  private Accounts accounts() throws IOException {
    Credential administrator =
        new Credential.Password(
            AccountName.ADMINISTRATOR.value(), administratorSecret(), "the test");
    return new StoreClient(endpoint(), Retries.DEFAULT)
        .signedIn(Optional.of(administrator), List.of(TokenScope.STORE))
        .accounts();
  }

  private String token(String subject) {
    long now = Instant.now().getEpochSecond();
    return issuer.sign(
        "{\"alg\":\"RS256\",\"kid\":\"key-1\"}",
        "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"%s\",\"iat\":%d,\"exp\":%d}"
            .formatted(issuer.url(), registry(), subject, now, now + 600));
  }
}
