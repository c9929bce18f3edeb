package org.virt.shell.internal.client;

import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Wire;

/** Says what is in the folders that a command names; few commands need it. */
final class ClientFolders {
  private ClientFolders() {}

  /** Answers with the names of the files in a folder, but those with line breaks. */
  static void answer(Wire wire, String path) throws IOException {
    File folder = new File(path);
    if (!folder.isDirectory()) {
      wire.send(FrameType.NO_FOLDER);
      return;
    }
    File[] files = folder.listFiles();
    if (files == null) {
      wire.send(FrameType.FILE_ERROR, "Permission denied");
      return;
    }
    Arrays.sort(files);
    StringBuilder names = new StringBuilder();
    for (File file : files) {
      if (file.isFile() && file.getName().indexOf('\n') < 0) {
        names.append(file.getName()).append('\n');
      }
    }
    wire.send(FrameType.FILE, names.toString());
  }
}
