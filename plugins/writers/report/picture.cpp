// SPDX-License-Identifier: Apache-2.0
#include "picture.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <cmath>

#include "morgana/error.hpp"
#include "page.hpp"

namespace morgana::report {
namespace {

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = std::uint32_t{bytes[i]} << 16;
    if (i + 1 < bytes.size()) word |= std::uint32_t{bytes[i + 1]} << 8;
    if (i + 2 < bytes.size()) word |= bytes[i + 2];
    text += kAlphabet[word >> 18 & 63];
    text += kAlphabet[word >> 12 & 63];
    text += i + 1 < bytes.size() ? kAlphabet[word >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kAlphabet[word & 63] : '=';
  }
  return text;
}

constexpr std::uint8_t kBlank = 255;

/// Images are in [-1, 1].
std::uint8_t grey(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp((value + 1.0f) / 2.0f, 0.0f, 1.0f) * 255.0f));
}

}  // namespace

std::string png_data_uri(std::span<const std::uint8_t> pixels, int width, int height) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::uint8_t> bytes(size);
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr) == 0)
    throw Error("cannot write a picture: {}", image.message);
  bytes.resize(size);
  return "data:image/png;base64," + base64(bytes);
}

std::string image_grid(const Images& images, const std::vector<std::string>& class_names, int per_class) {
  constexpr int kGap = 2;
  const auto shape = images.shape();
  const int channels = static_cast<int>(shape.channels), image_height = static_cast<int>(shape.height),
            image_width = static_cast<int>(shape.width);
  const int tile_width = channels * image_width + (channels - 1), tile_height = image_height;
  const int width = per_class * (tile_width + 2 * kGap),
            height = static_cast<int>(class_names.size()) * (tile_height + 2 * kGap);
  std::vector<std::uint8_t> canvas(static_cast<std::size_t>(width * height), kBlank);
  std::vector<float> pixels(shape.pixels());
  for (std::size_t name = 0; name < class_names.size(); ++name) {
    int column = 0;
    for (std::size_t row = 0; row < images.size() && column < per_class; ++row) {
      const auto label = images.labels()[row];
      if (label < 0 || images.class_names()[static_cast<std::size_t>(label)] != class_names[name]) continue;
      images.batch(std::span(&row, 1), pixels);
      const int top = static_cast<int>(name) * (tile_height + 2 * kGap) + kGap,
                left = column * (tile_width + 2 * kGap) + kGap;
      for (int channel = 0; channel < channels; ++channel)
        for (int y = 0; y < image_height; ++y)
          for (int x = 0; x < image_width; ++x)
            canvas[static_cast<std::size_t>((top + y) * width + left + channel * (image_width + 1) + x)] =
                grey(pixels[static_cast<std::size_t>((channel * image_height + y) * image_width + x)]);
      ++column;
    }
  }
  const int magnification = std::clamp(520 / std::max(width, 1), 1, 3);
  std::string names;
  for (const auto& name : class_names)
    names += fmt::format("<div style=\"height:{0}px;line-height:{0}px\">{1}</div>",
                         (tile_height + 2 * kGap) * magnification, escaped(name));
  return fmt::format(
      "<div class=\"grid-of-images\"><div class=\"soft\">{}</div><img class=\"images\" alt=\"images\" "
      "width=\"{}\" height=\"{}\" src=\"{}\"></div>",
      names, width * magnification, height * magnification, png_data_uri(canvas, width, height));
}

}  // namespace morgana::report
