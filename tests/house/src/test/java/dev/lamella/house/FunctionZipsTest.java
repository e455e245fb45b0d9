package dev.lamella.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.template.FunctionDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each function has all that it needs in its zip: elsewhere, all modules share one class path. */
class FunctionZipsTest {
  private static final Path ROOT = Repository.here().root();

  @TempDir Path directory;

  static List<FunctionDefinition> functions() {
    return TemplateTest.functions();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void handler_ofItsZipAlone_starts(FunctionDefinition function) throws Exception {
    Map<String, String> environment = new HashMap<>(function.environment());
    environment.put("AWS_REGION", "eu-central-1");
    environment.put("AWS_ACCESS_KEY_ID", "key");
    environment.put("AWS_SECRET_ACCESS_KEY", "secret");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memory()));
    environment.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
    try (URLClassLoader zip =
        new URLClassLoader(unpacked(function), ClassLoader.getPlatformClassLoader())) {
      Class<?> handler = zip.loadClass(function.handler().replaceFirst("::.*", ""));
      Constructor<?> wired =
          Arrays.stream(handler.getConstructors())
              .filter(constructor -> constructor.getParameterCount() > 0)
              .findFirst()
              .orElseThrow();
      Object[] arguments =
          Arrays.stream(wired.getParameterTypes())
              .map(type -> type == Map.class ? environment : InstantSource.system())
              .toArray();
      assertThat(wired.newInstance(arguments)).isInstanceOf(handler);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void zip_ofAFunction_hasNoClassOfTests(FunctionDefinition function) throws IOException {
    Path tests = ROOT.resolve("functions/core/target/test-classes");
    try (URLClassLoader zip = new URLClassLoader(unpacked(function), null);
        Stream<Path> classes = Files.walk(tests)) {
      assertThat(classes.filter(path -> path.toString().endsWith(".class")))
          .isNotEmpty()
          .noneMatch(path -> zip.findResource(tests.relativize(path).toString()) != null);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void zip_ofAFunction_hasOneJackson(FunctionDefinition function) throws IOException {
    try (URLClassLoader zip = new URLClassLoader(unpacked(function), null)) {
      assertThat(zip.findResource("tools/jackson/databind/ObjectMapper.class")).isNotNull();
      assertThat(zip.findResource("com/fasterxml/jackson/databind/ObjectMapper.class")).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void zip_ofAFunction_hasTheClientOfSecretsManagerWhereItHasSecrets(FunctionDefinition function)
      throws IOException {
    try (URLClassLoader zip = new URLClassLoader(unpacked(function), null)) {
      String client = "software/amazon/awssdk/services/secretsmanager/SecretsManagerClient.class";
      assertThat(zip.findResource(client) != null)
          .isEqualTo(function.environment().containsKey("ADMINISTRATOR_SECRET"));
    }
  }

  /** Each client costs a function's start. */
  @ParameterizedTest
  @MethodSource("functions")
  void zip_ofAFunction_hasTheClientOfCloudWatchLogsWhereItReadsThem(FunctionDefinition function)
      throws IOException {
    try (URLClassLoader zip = new URLClassLoader(unpacked(function), null)) {
      String client = "software/amazon/awssdk/services/cloudwatchlogs/CloudWatchLogsClient.class";
      assertThat(zip.findResource(client) != null)
          .isEqualTo(function.environment().containsKey("AUDIT_LOGS"));
    }
  }

  private URL[] unpacked(FunctionDefinition function) throws IOException {
    Path zip = ROOT.resolve("functions/%1$s/target/lamella-%1$s.zip".formatted(function.module()));
    assertThat(zip).as("made by the build: run mvn verify").exists();
    List<URL> path = new ArrayList<>(List.of(directory.toUri().toURL()));
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isDirectory()) {
          path.addAll(unpack(entry.getName(), in));
        }
      }
    }
    return path.toArray(URL[]::new);
  }

  /** A jar among them is to be on the class path. */
  private List<URL> unpack(String name, InputStream in) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.copy(in, file);
    return name.endsWith(".jar") ? List.of(file.toUri().toURL()) : List.of();
  }
}
