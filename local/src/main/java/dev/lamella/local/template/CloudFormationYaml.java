package dev.lamella.local.template;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML as CloudFormation reads it: a short tag such as {@code !Sub x} becomes its long form {@code
 * {"Fn::Sub": x}}, and dates stay strings.
 */
public final class CloudFormationYaml extends SafeConstructor {

  private CloudFormationYaml(LoaderOptions options) {
    super(options);
    yamlMultiConstructors.put("!", new LongForm());
  }

  /**
   * The whole template, before anything in it is evaluated.
   *
   * @throws TemplateException saying where it cannot be read
   */
  public static Map<?, ?> read(Path file) {
    LoaderOptions options = new LoaderOptions();
    DumperOptions unused = new DumperOptions();
    Yaml yaml =
        new Yaml(
            new CloudFormationYaml(options),
            new Representer(unused),
            unused,
            options,
            new DatesAreStrings());
    try (Reader reader = Files.newBufferedReader(file)) {
      if (yaml.load(reader) instanceof Map<?, ?> template) {
        return template;
      }
      throw new TemplateException(file + " is not a template: it has no Resources");
    } catch (NoSuchFileException e) {
      throw new TemplateException("there is no template " + file, e);
    } catch (MarkedYAMLException e) {
      throw new TemplateException(
          "%s, line %d: %s".formatted(file, e.getProblemMark().getLine() + 1, e.getProblem()), e);
    } catch (IOException | YAMLException e) {
      throw new TemplateException("cannot read the template " + file + ": " + e.getMessage(), e);
    }
  }

  private final class LongForm extends AbstractConstruct {
    @Override
    public Object construct(Node node) {
      String tag = node.getTag().getValue().substring(1);
      Object argument =
          switch (node) {
            case ScalarNode scalar -> scalar.getValue();
            case SequenceNode sequence -> constructSequence(sequence);
            case MappingNode mapping -> constructMapping(mapping);
            default -> throw new YAMLException("!" + tag + " has no argument");
          };
      if (tag.equals("GetAtt") && argument instanceof String path && path.contains(".")) {
        argument = List.of(path.split("\\.", 2));
      }
      return Map.of(tag.equals("Ref") || tag.equals("Condition") ? tag : "Fn::" + tag, argument);
    }
  }

  private static final class DatesAreStrings extends Resolver {
    private static final Pattern TRUE_OR_FALSE =
        Pattern.compile("^(?:true|True|TRUE|false|False|FALSE)$");

    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.BOOL, TRUE_OR_FALSE, "tTfF");
      addImplicitResolver(Tag.INT, INT, "-+0123456789");
      addImplicitResolver(Tag.FLOAT, FLOAT, "-+0123456789.");
      addImplicitResolver(Tag.MERGE, MERGE, "<");
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }
}
