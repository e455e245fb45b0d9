package dev.lamella.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The direction of dependencies: handler → gateway, aws → core; host → core; local → handlers,
 * host, embedded.
 */
class LayersTest {
  private static final JavaClasses LAMELLA =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.lamella");

  /** Of Lamella's modules, which each may use beside itself. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("core", Set.of()),
          Map.entry("aws", Set.of("core")),
          Map.entry("gateway", Set.of("core")),
          Map.entry("metadata", Set.of("core", "aws", "gateway")),
          Map.entry("coordinator", Set.of("core", "aws", "gateway")),
          Map.entry("identity", Set.of("core", "aws", "gateway")),
          Map.entry("auditor", Set.of("core", "aws", "gateway")),
          Map.entry("shardwriter", Set.of("core", "aws")),
          Map.entry("assembler", Set.of("core", "aws")),
          Map.entry("janitor", Set.of("core", "aws")),
          Map.entry("verifier", Set.of("core", "aws")),
          Map.entry("host", Set.of("core")),
          Map.entry("embedded", Set.of()),
          // What Lamella is compared with goes to the same S3, through the adapters.
          Map.entry(
              "local",
              Set.of(
                  "core",
                  "aws",
                  "metadata",
                  "coordinator",
                  "identity",
                  "auditor",
                  "shardwriter",
                  "assembler",
                  "janitor",
                  "verifier",
                  "host",
                  "embedded")));

  static Stream<String> modules() {
    return ALLOWED.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void module_usesOnlyTheModulesBelow(String module) {
    Set<String> allowed = ALLOWED.getOrDefault(module, Set.of());
    noClasses()
        .that()
        .resideInAPackage(packageOf(module))
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<JavaClass>("are in modules other than %s", allowed) {
              @Override
              public boolean test(JavaClass used) {
                return used.getPackageName().startsWith("dev.lamella.")
                    && Stream.concat(Stream.of(module), allowed.stream())
                        .noneMatch(name -> isIn(used, name));
              }
            })
        .check(LAMELLA);
  }

  @Test
  void everyClass_isInAModuleWithARule() {
    classes()
        .should()
        .resideInAnyPackage(modules().map(LayersTest::packageOf).toArray(String[]::new))
        .check(LAMELLA);
  }

  @Test
  void core_knowsNothingOfAwsHttpOrLambda() {
    classes()
        .that()
        .resideInAPackage(packageOf("core"))
        .should()
        .onlyDependOnClassesThat(
            new DescribedPredicate<JavaClass>("are the domain's, or plain Java's") {
              private static final List<String> PLAIN =
                  List.of(
                      "dev.lamella.core",
                      "java.io",
                      "java.lang",
                      "java.math",
                      "java.nio",
                      "java.security",
                      "java.text",
                      "java.time",
                      "java.util",
                      "org.bouncycastle",
                      "org.jspecify",
                      "tools.jackson",
                      "com.fasterxml.jackson.annotation");

              @Override
              public boolean test(JavaClass used) {
                String name = used.getBaseComponentType().getName();
                return used.getBaseComponentType().isPrimitive()
                    || name.equals("java.net.URI")
                    || name.equals("java.net.URISyntaxException")
                    || PLAIN.stream().anyMatch(plain -> name.startsWith(plain + "."));
              }
            })
        .check(LAMELLA);
  }

  /** Whatever a blob comes from or goes to stands on it: commands, and who serves other clients. */
  @Test
  void transfer_knowsNothingOfImagesFilesOrTerminals() {
    knowsNoFilesAndOf("transfer", Set.of("transfer", "store", "work", "progress", "outcome"));
  }

  @Test
  void agent_knowsNothingOfImagesFilesOrTerminals() {
    knowsNoFilesAndOf("agent", Set.of("agent", "transfer", "store", "work", "progress", "outcome"));
  }

  private static void knowsNoFilesAndOf(String module, Set<String> below) {
    noClasses()
        .that()
        .resideInAPackage("dev.lamella.host." + module + "..")
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<JavaClass>("are in the host's packages above, or of files") {
              @Override
              public boolean test(JavaClass used) {
                String name = used.getBaseComponentType().getName();
                return name.startsWith("java.nio.file.")
                    || name.startsWith("java.nio.channels.")
                    || name.equals("java.io.File")
                    || (isIn(used, "host")
                        && below.stream().noneMatch(each -> isIn(used, "host." + each)));
              }
            })
        .check(LAMELLA);
  }

  /** The back end of the embedded S3 server speaks of requests in the SDK's records. */
  @Test
  void awsSdk_isUsedByTheAdaptersAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packageOf("aws"))
        .and()
        .doNotHaveFullyQualifiedName("dev.lamella.embedded.LinkedParts")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(LAMELLA);
  }

  /** Version 3, whose annotations have the name of version 2. */
  @Test
  void jackson_isOneVersion() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind..")
        .check(LAMELLA);
  }

  @Test
  void packages_formNoCycles() {
    slices().matching("dev.lamella.(**)").should().beFreeOfCycles().check(LAMELLA);
  }

  @Test
  void names_areNotBins() {
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Manager|Helper|Helpers|Const|Constants|Impl)")
        .check(LAMELLA);
  }

  @Test
  void environment_isReadWhereAProgramStarts() {
    noClasses()
        .should()
        .accessTargetWhere(
            new DescribedPredicate<JavaAccess<?>>("System.getenv but in a handler's constructor") {
              @Override
              public boolean test(JavaAccess<?> access) {
                return access.getTarget().getName().equals("getenv")
                    && access.getTargetOwner().isEquivalentTo(System.class)
                    && !startsAProgram(access);
              }
            })
        .check(LAMELLA);
  }

  private static boolean startsAProgram(JavaAccess<?> access) {
    JavaClass owner = access.getOriginOwner();
    if (isIn(owner, "host") || isIn(owner, "local")) {
      return true;
    }
    return owner.getSimpleName().endsWith("Handler")
        && access.getOrigin() instanceof JavaConstructor constructor
        && constructor.getRawParameterTypes().isEmpty();
  }

  private static String packageOf(String module) {
    return "dev.lamella." + module + "..";
  }

  private static boolean isIn(JavaClass type, String module) {
    String name = "dev.lamella." + module;
    return type.getPackageName().equals(name) || type.getPackageName().startsWith(name + ".");
  }
}
