package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.clients.Tool.Result;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The OCI's own conformance program, with its default set of data, against both types of API. */
class ConformanceTest {
  abstract static class Of extends StackTest {
    abstract String api();

    @Override
    LocalStackOptions options(LocalStackOptions options) {
      return super.options(options).withParameter("ApiType", api());
    }

    @Test
    void everything_conforms() throws IOException {
      Path results = directory();
      Result result =
          Tool.find("conformance", directory())
              .withEnvironment(
                  Map.of(
                      // Beside its defaults: what the specification leaves open, and Lamella has.
                      "OCI_API_BLOBS_UPLOAD_CANCEL", "true",
                      "OCI_API_MANIFESTS_DIGEST_HEADER", "true",
                      "OCI_REGISTRY", registry(),
                      "OCI_TLS", "disabled",
                      "OCI_REPO1", "conformance/one",
                      "OCI_REPO2", "conformance/two",
                      "OCI_VERSION", "1.1",
                      "OCI_RESULTS_DIR", results.toString()))
              .run();
      List<String> verdicts = Files.readAllLines(results.resolve("results.yaml"));
      assertThat(verdicts).filteredOn(line -> line.endsWith(": Pass")).hasSizeGreaterThan(40);
      assertThat(verdicts)
          .as(result.output())
          .filteredOn(line -> line.matches(" +[A-Z].*: (?!Pass|Disabled).*"))
          .isEmpty();
      result.succeeded();
    }
  }

  @Nested
  class OfAnHttpApi extends Of {
    @Override
    String api() {
      return "HTTP";
    }
  }

  @Nested
  class OfARestApi extends Of {
    @Override
    String api() {
      return "REST";
    }
  }
}
