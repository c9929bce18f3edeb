package org.virt.learnip.internal;

import java.util.Arrays;
import java.util.Random;

/** Changes bytes at random; the same seed makes the same changes. */
final class Mutations {
  private final Random random;

  Mutations(long seed) {
    random = new Random(seed);
  }

  /** Returns a copy that is cut, longer, or has some bytes changed, or all of that. */
  byte[] of(byte[] seed) {
    byte[] bytes =
        random.nextInt(4) == 0
            ? Arrays.copyOf(seed, random.nextInt(seed.length + 40))
            : seed.clone();
    int changes = random.nextInt(6);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> (byte) 255;
            case 2 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
            case 3 -> (byte) (bytes[at] + (random.nextBoolean() ? 1 : -1));
            case 4 -> bytes[random.nextInt(bytes.length)];
            default -> (byte) random.nextInt(256);
          };
    }
    return bytes;
  }

  /** Returns bytes that nobody made for a purpose. */
  byte[] anything(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }
}
