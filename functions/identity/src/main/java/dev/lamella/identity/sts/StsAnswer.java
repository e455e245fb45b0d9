package dev.lamella.identity.sts;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What STS answers to {@code GetCallerIdentity}: XML, in which no document type is taken. */
final class StsAnswer {
  private static final String NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}";

  /** From the outermost inwards. */
  private static final List<String> PLACE =
      List.of(
          NAMESPACE + "GetCallerIdentityResponse",
          NAMESPACE + "GetCallerIdentityResult",
          NAMESPACE + "Arn");

  private static final Pattern ARN =
      Pattern.compile("arn:aws[a-z-]{0,16}:(sts|iam)::\\d{12}:[\\w+=,.@/-]{1,1024}");

  private StsAnswer() {}

  /**
   * @throws IOException where it is no such answer
   */
  static String arn(byte[] xml) throws IOException {
    // Java's own, whatever else is on the class path.
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver(
        (_, _, _, _) -> {
          throw new XMLStreamException("nothing else is read");
        });
    try {
      return arn(factory.createXMLStreamReader(new ByteArrayInputStream(xml)))
          .filter(text -> ARN.matcher(text).matches())
          .orElseThrow(() -> new IOException("STS answers without the caller's ARN"));
    } catch (XMLStreamException | RuntimeException e) {
      // Java's parser throws others, too: where it has no text for what is wrong.
      throw new IOException("STS answers what is no XML", e);
    }
  }

  private static Optional<String> arn(XMLStreamReader reader)
      throws XMLStreamException, IOException {
    Optional<String> found = Optional.empty();
    Deque<String> place = new ArrayDeque<>();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> place.addLast(reader.getName().toString());
        case XMLStreamConstants.END_ELEMENT -> place.removeLast();
        case XMLStreamConstants.CHARACTERS -> {
          if (place.size() == PLACE.size() && List.copyOf(place).equals(PLACE)) {
            if (found.isPresent()) {
              throw new IOException("STS answers with two ARNs");
            }
            found = Optional.of(reader.getText());
          }
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new IOException("STS answers with a document type");
        default -> {}
      }
    }
    return found;
  }
}
