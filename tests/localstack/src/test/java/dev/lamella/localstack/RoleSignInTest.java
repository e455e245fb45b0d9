package dev.lamella.localstack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.Json;
import dev.lamella.local.demo.DemoImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Hosts that sign in by their role at AWS: LocalStack gives them the role, and says whose it is.
 */
@Tag("full")
class RoleSignInTest extends CloudTest {
  private static final String IDENTITY = "IdentityFunction";
  private static final String IMAGE = "fleet/app:1";

  /** By whom a role is taken on. */
  private static final String TAKEN =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",\
      "Principal":{"AWS":"*"}}]}\
      """;

  private StsFront sts;
  private String before;
  private Path archive;
  private Path cache;

  @BeforeAll
  void trust(@TempDir Path directory) throws IOException {
    System.out.println(
        "LocalStack's STS cannot show that a forged signature is refused: it checks none, and knows"
            + " a presigned request's caller only by a header, which this test adds. StsCallersTest"
            + " has an STS that checks.");
    archive = directory.resolve("image.tar");
    cache = directory.resolve("cache");
    DemoImage.writeNoise(archive, directory.resolve("jib"));
    sts = StsFront.start(cloud());
    before = functions().live(IDENTITY);
    functions()
        .use(
            IDENTITY,
            functions()
                .publish(
                    IDENTITY,
                    29,
                    environment -> {
                      environment.put("STORE_HOSTS", store());
                      environment.put("AWS_ENDPOINT_URL_STS", sts.url());
                      return environment;
                    }));
    Host host = administrator().host(cache);
    host.push(archive, IMAGE);
    // Its secret is not used.
    var _ =
        host.run(
                "account",
                "add",
                "nodes",
                "--grant",
                "fleet/*=pull",
                "--aws",
                "arn:aws:sts::000000000000:assumed-role/nodes/*",
                "--to",
                stack().api())
            .orFail();
  }

  @AfterAll
  void restore() {
    functions().use(IDENTITY, before);
    sts.close();
  }

  /** The host and port by which clients know it. */
  private static String store() {
    return stack().api().getAuthority();
  }

  @Test
  void host_withTheRole_signsInWithoutASecret(@TempDir Path directory) throws Exception {
    Account node = node(role("nodes"));
    assertThat(node.secret()).startsWith("aws1.");
    Host host = node.host(cache);
    host.pull(IMAGE, directory.resolve("pulled"));
    assertThat(host.run("whoami", "--to", stack().api()).orFail()).contains("nodes");
    Command.Ended push = host.tryPush(archive, "fleet/app:2");
    assertThat(push.status()).isNotZero();
    assertThat(push.errors()).contains("DENIED");
    // It proves who it is to this store alone, and as this account alone.
    for (Account other :
        new Account[] {
          new Account(stack().api(), "administrator", node.secret()),
          new Account(stack().api(), "nodes", node.secret().replaceFirst("[.][^.]+$", ".b3RoZXI")),
        }) {
      assertThat(other.tryToken().statusCode()).isEqualTo(401);
    }
  }

  @Test
  void host_withAnotherRole_isNotSignedIn() throws Exception {
    assertThat(node(role("strangers")).tryToken().statusCode()).isEqualTo(401);
  }

  /** Who a host with these credentials says to be, by the credential helper. */
  private Account node(Map<String, String> credentials) {
    Map<String, String> environment = new HashMap<>(credentials);
    environment.put("AWS_REGION", Cloud.REGION);
    environment.put("AWS_ENDPOINT_URL_STS", sts.url());
    environment.put("LAMELLA_AWS_ACCOUNTS", "nodes@" + store());
    JsonNode told =
        Json.tree(
            new Host(stack().api(), cache, environment)
                .credential(store())
                .orFail()
                .getBytes(UTF_8));
    return new Account(
        stack().api(), told.path("Username").asString(), told.path("Secret").asString());
  }

  /** Credentials of a new role. */
  private static Map<String, String> role(String name) {
    String arn =
        ask(
            "iam create-role --role-name %s --assume-role-policy-document %s"
                .formatted(name, TAKEN),
            "Role.Arn")[0];
    String[] credentials =
        ask(
            "sts assume-role --role-session-name i-1 --role-arn " + arn,
            "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]");
    return Map.of(
        "AWS_ACCESS_KEY_ID", credentials[0],
        "AWS_SECRET_ACCESS_KEY", credentials[1],
        "AWS_SESSION_TOKEN", credentials[2]);
  }

  private static String[] ask(String question, String query) {
    return Stack.aws(cloud(), tools(), question, query);
  }
}
