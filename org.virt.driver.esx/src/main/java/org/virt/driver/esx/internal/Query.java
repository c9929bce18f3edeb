package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;

/**
 * A question to the property collector: which properties, of which objects, and by which of their
 * properties to go on to others. For one thread; may be asked several times.
 */
final class Query {
  private final Map<String, List<String>> properties = new LinkedHashMap<>();
  private final List<Ref> objects = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();

  private record Step(String type, String path) {}

  /** An object with those of its properties that it has. */
  record Found(Ref ref, Map<String, Node> values) {
    /** Returns a property's text, empty when absent. */
    String text(String property) {
      Node node = values.get(property);
      return node == null ? "" : node.text();
    }

    /** Returns a property, an empty one when absent. */
    Node node(String property) {
      Node node = values.get(property);
      return node == null ? NONE : node;
    }
  }

  private static final Node NONE = Node.none();

  /** Asks for properties of objects of a type. */
  Query properties(String type, String... paths) {
    properties.put(type, List.of(paths));
    return this;
  }

  /** Begins at an object. */
  Query from(Ref object) {
    objects.add(object);
    return this;
  }

  /** Goes on from objects of a type to what a property of them refers to. */
  Query via(String type, String path) {
    steps.add(new Step(type, path));
    return this;
  }

  /** Writes it as a PropertyFilterSpec. */
  Body spec(String name) {
    Body body = new Body().open(name);
    properties.forEach(
        (type, paths) -> {
          body.open("propSet").text("type", type);
          paths.forEach(path -> body.text("pathSet", path));
          body.close("propSet");
        });
    for (Ref object : objects) {
      body.open("objectSet").ref("obj", object).text("skip", false);
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        body.open("selectSet", "TraversalSpec").text("name", "s" + i);
        body.text("type", step.type()).text("path", step.path()).text("skip", false);
        for (int j = 0; j < steps.size() && steps.size() > 1; j++) {
          body.open("selectSet").text("name", "s" + j).close("selectSet");
        }
        body.close("selectSet");
      }
      body.close("objectSet");
    }
    return body.close(name);
  }

  /** Asks; one request unless the host splits its answer. */
  List<Found> ask(Vim vim, String action) throws VirtException {
    Ref collector = vim.manager(action, "propertyCollector");
    Body body = spec("specSet").open("options").close("options");
    List<Found> found = new ArrayList<>();
    Node answer = vim.ask(action, "RetrievePropertiesEx", collector, body).at("returnval");
    read(answer, found);
    while (answer.find("token").isPresent()) {
      Body more = new Body().text("token", answer.text("token"));
      answer = vim.ask(action, "ContinueRetrievePropertiesEx", collector, more).at("returnval");
      read(answer, found);
    }
    return found;
  }

  /** Asks for the properties of one object. */
  static Found one(Vim vim, String action, Ref object, String... paths) throws VirtException {
    List<Found> found = new Query().properties(object.type(), paths).from(object).ask(vim, action);
    return found.isEmpty() ? new Found(object, Map.of()) : found.get(0);
  }

  private static void read(Node answer, List<Found> found) {
    for (Node object : answer.all("objects")) {
      Map<String, Node> values = new LinkedHashMap<>();
      for (Node property : object.all("propSet")) {
        values.put(property.text("name"), property.at("val"));
      }
      found.add(new Found(object.at("obj").ref(), values));
    }
  }
}
