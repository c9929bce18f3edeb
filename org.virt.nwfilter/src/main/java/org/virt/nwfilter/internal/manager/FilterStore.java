package org.virt.nwfilter.internal.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.StandardFilters;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;

/** Filters on disk: a file for each that was defined; the standard ones come with the bundle. */
final class FilterStore {
  private static final Logger LOG = LoggerFactory.getLogger(FilterStore.class);
  private static final String AREA = "nwfilter";
  private static final String SUFFIX = ".xml";
  private static final String TECHNIQUE = "technique";

  private final StateDirectory state;
  private List<FilterDefinition> standard = List.of();

  FilterStore(StateDirectory state) {
    this.state = state;
  }

  /** Reads everything; a file that cannot be read is reported and left where it is. */
  Definitions load() throws VirtException {
    standard = StandardFilters.load();
    Definitions definitions = Definitions.of(standard);
    try (Stream<Path> files = Files.list(state.area(AREA))) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        try {
          definitions = definitions.with(FilterXml.parse(Files.readString(file)));
        } catch (VirtException | IOException e) {
          LOG.error("read filter {}: {}", file, e.toString());
        }
      }
      return definitions;
    } catch (IOException e) {
      throw new VirtException(ErrorCode.READ_FAILED, "read the filters: " + e, e);
    }
  }

  void save(FilterDefinition definition) throws VirtException {
    // All of it: a value that makes the filter unusable must still do so after a restart.
    String xml = FilterXml.printAll(definition);
    state.write(file(definition), xml.getBytes(StandardCharsets.UTF_8));
  }

  void delete(FilterDefinition definition) throws VirtException {
    Path file = file(definition);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "delete " + file + ": " + e, e);
    }
  }

  private Path file(FilterDefinition definition) throws VirtException {
    UUID uuid = definition.uuid().orElseThrow();
    return state.area(AREA).resolve(uuid + SUFFIX);
  }

  /** Returns the standard filter of a name. */
  Optional<FilterDefinition> standard(String name) {
    return standard.stream().filter(filter -> filter.name().equals(name)).findFirst();
  }

  /** Returns the technique that was chosen; empty for none. */
  String technique() throws VirtException {
    Path file = state.area(AREA).resolve(TECHNIQUE);
    try {
      return Files.exists(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      throw new VirtException(ErrorCode.READ_FAILED, "read " + file + ": " + e, e);
    }
  }

  void chooseTechnique(String name) throws VirtException {
    Path file = state.area(AREA).resolve(TECHNIQUE);
    state.write(file, (name + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
