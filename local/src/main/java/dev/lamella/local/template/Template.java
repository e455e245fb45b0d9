package dev.lamella.local.template;

import dev.lamella.embedded.TableDefinition;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a template declares under the given parameters: the part of it that the local stack runs.
 *
 * @param names the physical name of every active resource, by its logical id
 * @param buckets names
 */
public record Template(
    PseudoParameters pseudo,
    Map<String, String> names,
    List<FunctionDefinition> functions,
    List<ScheduleDefinition> schedules,
    List<String> buckets,
    List<TableDefinition> tables,
    List<SecretDefinition> secrets,
    Optional<ApiDefinition> api,
    Optional<EdgeDefinition> edge) {

  /** Template sections beside Resources that are read. */
  private static final Map<String, List<String>> GLOBALS =
      Map.of(
          "Function", List.of("AWS::Serverless::Function"),
          "Api", List.of("AWS::Serverless::Api"),
          "HttpApi", List.of("AWS::Serverless::HttpApi"));

  public Template {
    names = Map.copyOf(names);
    functions = List.copyOf(functions);
    schedules = List.copyOf(schedules);
    buckets = List.copyOf(buckets);
    tables = List.copyOf(tables);
    secrets = List.copyOf(secrets);
  }

  /**
   * Reads a SAM template. Physical names are derived from the logical ids; names fixed in the
   * template are not used.
   *
   * @param parameters values over the template's defaults
   * @throws TemplateException if the template or a parameter cannot be used; one line says why
   */
  public static Template read(Path file, Map<String, String> parameters, PseudoParameters pseudo) {
    return read(file, Map.of(), parameters, pseudo);
  }

  /**
   * Reads a SAM template as above.
   *
   * @param defaults in place of the template's own, of those parameters that it has
   */
  public static Template read(
      Path file,
      Map<String, String> defaults,
      Map<String, String> parameters,
      PseudoParameters pseudo) {
    return reader(file, defaults, parameters, pseudo).read();
  }

  /** The resources whose conditions hold, by logical id, with all in them evaluated. */
  public static Map<String, Map<?, ?>> resources(
      Path file, Map<String, String> parameters, PseudoParameters pseudo) {
    return reader(file, Map.of(), parameters, pseudo).evaluated();
  }

  private static TemplateReader reader(
      Path file,
      Map<String, String> defaults,
      Map<String, String> parameters,
      PseudoParameters pseudo) {
    Map<?, ?> document = CloudFormationYaml.read(file);
    Map<String, Object> resources = new java.util.LinkedHashMap<>();
    Map<?, ?> globals = Tree.map(document.get("Globals"));
    Tree.map(document.get("Resources"))
        .forEach(
            (id, body) -> resources.put(String.valueOf(id), withGlobals(globals, Tree.map(body))));
    ResourceNames names = new ResourceNames(resources, pseudo);
    Map<?, ?> declared = Tree.map(document.get("Parameters"));
    Map<String, String> given = new HashMap<>(defaults);
    given.keySet().retainAll(declared.keySet());
    given.putAll(parameters);
    Intrinsics intrinsics =
        new Intrinsics(
            Parameters.resolve(declared, given),
            Tree.map(document.get("Conditions")),
            Tree.map(document.get("Mappings")),
            names,
            pseudo);
    return new TemplateReader(resources, names, intrinsics, pseudo);
  }

  /**
   * The function with that logical id.
   *
   * @throws IllegalArgumentException if the template declares no such function
   */
  public FunctionDefinition function(String logicalId) {
    return functions.stream()
        .filter(function -> function.logicalId().equals(logicalId))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no function " + logicalId));
  }

  private static Map<?, ?> withGlobals(Map<?, ?> globals, Map<?, ?> resource) {
    String type = Tree.text(resource, "Type").orElse("");
    Stream<String> sections =
        GLOBALS.entrySet().stream().filter(e -> e.getValue().contains(type)).map(Map.Entry::getKey);
    return sections
        .findFirst()
        .map(section -> Tree.map(globals.get(section)))
        .map(general -> Tree.merge(Map.of("Properties", general), resource))
        .orElseGet(() -> Tree.merge(Map.of(), resource));
  }
}
