package org.virt.model.domain;

import java.util.LinkedHashMap;
import java.util.Map;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/**
 * Counts elements and attributes by path, to find what a reading of the document lost: an element
 * that is given twice where one is taken, an attribute where none is. Which of two would win is no
 * matter to guess about.
 */
final class LossCheck {
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  LossCheck(XmlElement root) {
    count(root, "");
  }

  /** Refuses a reading that lost something of this document. */
  void compare(XmlElement reading) throws VirtException {
    Map<String, Integer> read = new LossCheck(reading).counts;
    for (Map.Entry<String, Integer> given : counts.entrySet()) {
      int found = read.getOrDefault(given.getKey(), 0);
      if (found < given.getValue()) {
        String reason = found == 0 ? " is not known" : " is given more than once";
        throw new VirtException(ErrorCode.XML_ERROR, "read domain XML: " + given.getKey() + reason);
      }
    }
  }

  private void count(XmlElement element, String parent) {
    String path = parent + '/' + element.name();
    counts.merge(path, 1, Integer::sum);
    element.attributes().forEach(a -> counts.merge(path + "/@" + a.name(), 1, Integer::sum));
    element.children().forEach(child -> count(child, path));
  }
}
