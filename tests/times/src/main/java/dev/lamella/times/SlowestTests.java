package dev.lamella.times;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** Prints the ten test classes that took longest, from the reports that Surefire wrote. */
public final class SlowestTests {
  private static final int SHOWN = 10;
  private static final Pattern REPORT =
      Pattern.compile(".*[/\\\\]target[/\\\\]surefire-reports[/\\\\]TEST-[^/\\\\]*[.]xml");

  private record TestClass(String name, double seconds) {}

  private SlowestTests() {}

  /**
   * @param arguments the project's directory
   */
  public static void main(String... arguments)
      throws IOException, ParserConfigurationException, SAXException {
    List<Path> reports;
    try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
      reports = files.filter(SlowestTests::isReport).toList();
    }
    Stream.Builder<TestClass> classes = Stream.builder();
    for (Path report : reports) {
      classes.add(read(report));
    }
    System.out.println("The slowest test classes, in seconds:");
    classes
        .build()
        .sorted(Comparator.comparingDouble(TestClass::seconds).reversed())
        .limit(SHOWN)
        .forEach(test -> System.out.printf("%8.1f  %s%n", test.seconds(), test.name()));
  }

  private static boolean isReport(Path file) {
    return REPORT.matcher(file.toString()).matches();
  }

  private static TestClass read(Path report)
      throws IOException, ParserConfigurationException, SAXException {
    Element suite =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    return new TestClass(
        suite.getAttribute("name"),
        Double.parseDouble(suite.getAttribute("time").replace(",", "")));
  }
}
