package org.virt.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** At most {@code max} elements of one type. */
record XdrList(XdrType element, int max) implements XdrType {
  @Override
  public void encode(XdrWriter out, Object value) throws XdrException {
    List<?> list = Bounds.as(List.class, value);
    Bounds.within(list.size(), max);
    out.putInt(list.size());
    for (Object one : list) {
      element.encode(out, one);
    }
  }

  @Override
  public Object decode(ByteBuffer in) throws XdrException {
    int length = Bounds.length(in, max, element.minSize());
    List<Object> list = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      list.add(element.decode(in));
    }
    return Collections.unmodifiableList(list);
  }

  @Override
  public int minSize() {
    return Integer.BYTES;
  }
}
