// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/version.hpp"

namespace morgana {

class Traces;
struct CodecEntry;

/// Shape of one image, `[channels height width]`.
struct ImageShape {
  std::int64_t channels = 0, height = 0, width = 0;
  std::size_t pixels() const noexcept { return static_cast<std::size_t>(channels * height * width); }
  friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

/// How images become series again.
enum class Inverse {
  kDiagonal,   ///< the diagonal alone: N of N x N values
  kWholeImage  ///< least squares over all of them
};

/// Series read back from images. Channels are those of `Codec::trace_channels`, in their own units.
struct DecodedSeries {
  std::vector<float> values;          ///< `[count channels length]`; 0 behind a trace's end
  std::vector<std::int32_t> lengths;  ///< `[count]`, packets
  /// `[count]`: root mean square difference, over all pixels, between the image and the image of the decoded series:
  /// how far it is from any true image of this codec.
  std::vector<float> residuals;
  /// `[count]`: numbers that lay outside the codec's range and were put to its nearest end; empty where none can.
  std::vector<std::int32_t> clipped;
};

/// What an encoder fitted on its training data: turns traces into images and back, with its scaling.
///
/// Immutable and safe to use from several threads at once.
class MORGANA_API Codec {
 public:
  virtual ~Codec();

  virtual std::string_view kind() const = 0;  ///< the name of its `CodecEntry`: "gasf"
  virtual ImageShape shape() const = 0;
  virtual std::size_t length() const = 0;  ///< packets of a trace that an image holds; the rest is cut off
  /// Channels that decoding gives, with their units: {"PL", "DIR", "IAT"}.
  virtual std::vector<std::pair<std::string, std::string>> trace_channels() const = 0;

  /// Images of some traces, `[rows channels height width]`, values in [-1, 1].
  virtual void encode(const Traces& traces, std::span<const std::size_t> rows, std::span<float> images) const = 0;

  /// The way back, for `count` images.
  virtual DecodedSeries decode(std::span<const float> images, std::size_t count, Inverse inverse) const = 0;

  /// How exact decode(encode(x)) is: "PL within 0.006 bytes, IAT within 0.1 %", as the tests hold it to.
  virtual std::string exactness() const = 0;

  /// The whole state as a JSON object; the codec's entry makes an equal codec of it.
  virtual std::string configuration() const = 0;
};

/// Makes a saved codec an object again. The plugin that has the kind must be loaded; throws `Error` if it is not.
MORGANA_API std::shared_ptr<const Codec> load_codec(std::string_view kind, const std::string& configuration);

/// Called by the host for each codec of a library it has loaded.
MORGANA_API void register_codec(const CodecEntry& entry);

}  // namespace morgana
