// SPDX-License-Identifier: Apache-2.0
// What `low` costs and gains: wrong lengths and the error of signed PL after errors of the image, 10 packets.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "gramian/gramian_codec.hpp"
#include "gramian/test/sample_traces.hpp"

namespace {

using namespace morgana;
using namespace morgana::gramian;

constexpr std::size_t kTraces = 2000, kPackets = 10, kPixels = kPackets * kPackets;

std::shared_ptr<const GramianCodec> codec_with(double low, const Traces& traces) {
  CodecState state{.packets = kPackets, .size = kPackets, .low = low};
  for (const char* text : {"PL*DIR", "IAT"}) state.channels.push_back({.expression = Expression(text)});
  state.channels[1].logarithmic = true;
  state.channels[1].log_unit = 1e-6;
  return GramianCodec::fitted(std::move(state), traces, 0);
}

void disturb_pixels(std::vector<float>& images, float deviation) {
  for (std::size_t i = 0; i < images.size(); ++i) images[i] += deviation * Random(1, i / kPixels).normal(i % kPixels);
}

// True images of disturbed series: what a generator without any inconsistency would still get wrong.
void disturb_series(std::vector<float>& images, float deviation) {
  std::vector<float> x(kPackets), sine(kPackets);
  for (std::size_t i = 0; i < images.size() / kPixels; ++i) {
    float* image = images.data() + i * kPixels;
    for (std::size_t k = 0; k < kPackets; ++k) {
      const float real = std::sqrt((image[k * kPackets + k] + 1) / 2);
      x[k] = std::clamp(real + deviation * Random(2, i).normal(k), 0.0f, 1.0f);
    }
    sines(x, sine);
    fill_field(Field::kSummation, x, sine, image);
  }
}

void report(const GramianCodec& codec, const Traces& traces, const std::vector<float>& images, Inverse inverse,
            const char* what, float deviation) {
  const auto decoded = codec.decode(images, kTraces, inverse);
  std::size_t wrong = 0, count = 0;
  double squares = 0;
  for (std::size_t row = 0; row < kTraces; ++row) {
    const auto length = static_cast<std::size_t>(decoded.lengths[row]);
    if (length != traces.packets(row)) ++wrong;
    const float* values = decoded.values.data() + row * 3 * kPackets;
    for (std::size_t k = 0; k < std::min(length, traces.packets(row)); ++k, ++count) {
      const double real = static_cast<double>(traces.channel(0, row)[k]) * traces.channel(2, row)[k];
      squares += std::pow(static_cast<double>(values[k]) * values[2 * kPackets + k] - real, 2);
    }
  }
  fmt::print("{:>4.1f}  {:<24} {:>5.2f} {:>8.2f} % {:>8.1f} bytes\n", codec.state().low, what, deviation,
             100.0 * static_cast<double>(wrong) / kTraces, std::sqrt(squares / static_cast<double>(count)));
}

}  // namespace

int main() {
  const auto traces = testing::sample_traces(kTraces, kPackets, 5);
  std::vector<std::size_t> rows(kTraces);
  for (std::size_t i = 0; i < kTraces; ++i) rows[i] = i;
  fmt::print("{:>4}  {:<24} {:>5} {:>10} {:>14}\n", "low", "error of, inverse", "sd", "wrong len", "signed PL rms");
  for (const double low : {0.1, 0.2, 0.3, 0.4, 0.5})
    for (const float deviation : {0.05f, 0.1f, 0.2f}) {
      const auto codec = codec_with(low, *traces);
      std::vector<float> clean(kTraces * codec->shape().pixels());
      codec->encode(*traces, rows, clean);
      auto pixels = clean, series = clean;
      disturb_pixels(pixels, deviation);
      disturb_series(series, deviation);
      report(*codec, *traces, pixels, Inverse::kWholeImage, "pixels, whole image", deviation);
      report(*codec, *traces, pixels, Inverse::kDiagonal, "pixels, diagonal", deviation);
      report(*codec, *traces, series, Inverse::kWholeImage, "series, either", deviation);
    }
}
