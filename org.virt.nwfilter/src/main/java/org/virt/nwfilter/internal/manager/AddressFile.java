package org.virt.nwfilter.internal.manager;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.MacAddress;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortAddress.Source;

/** Learned addresses on disk: a file that is replaced as a whole and synced, a line for each. */
final class AddressFile {
  private static final Logger LOG = LoggerFactory.getLogger(AddressFile.class);
  private static final int FIELDS = 8;
  private static final String NO_END = "-";

  private final StateDirectory state;
  private final Path file;

  AddressFile(StateDirectory state, Path file) {
    this.state = state;
    this.file = file;
  }

  /**
   * A line of the file.
   *
   * @param place where the address is in use
   */
  record Line(Place place, KeptAddress address) {}

  /**
   * Where an address is in use.
   *
   * @param index of the interface whose guest uses it; {@link #STOPPED} or {@link #EARLIER} when
   *     none does
   */
  record Place(int index) {
    /** Its guest has stopped since the host booted. */
    static final Place STOPPED = new Place(0);

    /** It was in use, or kept, when the host was up the last time. */
    static final Place EARLIER = new Place(-1);
  }

  /** Reads all lines; a wrong one is left out. */
  List<Line> read() {
    List<Line> lines = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          parse(line).ifPresent(lines::add);
        }
      }
    } catch (IOException e) {
      LOG.warn("read the learned addresses: {}", e.toString());
    }
    return lines;
  }

  private static Optional<Line> parse(String line) {
    String[] field = line.split(" ", -1);
    try {
      if (field.length == FIELDS) {
        LeaseHolder holder =
            new LeaseHolder(UUID.fromString(field[1]), MacAddress.parse(field[2]), field[3]);
        InetAddress address =
            BindingControls.address(field[4])
                .orElseThrow(() -> new IllegalArgumentException("no address: " + field[4]));
        Optional<Instant> end =
            field[7].equals(NO_END) ? Optional.empty() : Optional.of(Instant.parse(field[7]));
        return Optional.of(
            new Line(
                new Place(Integer.parseInt(field[0])),
                new KeptAddress(
                    holder, address, Source.valueOf(field[5]), Instant.parse(field[6]), end)));
      }
    } catch (DateTimeException | IllegalArgumentException e) {
      LOG.debug("read a learned address", e);
    }
    LOG.warn("a line of the address file makes no sense: {}", line);
    return Optional.empty();
  }

  /** Replaces all lines. */
  void write(Collection<Line> lines) throws VirtException {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      KeptAddress kept = line.address();
      text.append(line.place().index()).append(' ').append(kept.holder().machine()).append(' ');
      text.append(kept.holder().mac()).append(' ').append(kept.holder().terms()).append(' ');
      text.append(kept.address().getHostAddress()).append(' ').append(kept.source()).append(' ');
      text.append(kept.since()).append(' ');
      text.append(kept.expires().map(Instant::toString).orElse(NO_END)).append('\n');
    }
    state.write(file, text.toString().getBytes(UTF_8));
  }
}
