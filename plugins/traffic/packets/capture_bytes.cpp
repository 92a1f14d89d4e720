// SPDX-License-Identifier: Apache-2.0
#include "packets/capture_bytes.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::packets {

void CaptureBytes::write_to(int descriptor, const std::filesystem::path& path) {
  for (std::size_t done = 0; done < used_;) {
    const auto count = ::write(descriptor, bytes_.data() + done, used_ - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error("cannot write {}: {}", path.string(), std::generic_category().message(errno));
    done += static_cast<std::size_t>(count);
  }
  used_ = 0;
}

}  // namespace morgana::packets
