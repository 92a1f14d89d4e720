// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "graph/drawing.hpp"
#include "graph/layout.hpp"

namespace morgana::host {
namespace {

// Pixels. A letter of the 12-pixel sans-serif is about 6.6 wide.
constexpr double kLetter = 6.6, kBoxHeight = 54, kSlot = 72, kGap = 90, kMargin = 16;

/// Fill and frame by the first word of the stage; light enough for black text.
const char* colour_of(const std::string& kind) {
  static const std::map<std::string, const char*> colours{
      {"read", "fill=\"#e3f1e7\" stroke=\"#3d8b57\""},     {"select", "fill=\"#eef3d9\" stroke=\"#7c8f2d\""},
      {"encode", "fill=\"#e0eefa\" stroke=\"#2f74b5\""},   {"decode", "fill=\"#e0eefa\" stroke=\"#2f74b5\""},
      {"train", "fill=\"#fbe6d8\" stroke=\"#c2622a\""},    {"sample", "fill=\"#fdf1d5\" stroke=\"#b98a1b\""},
      {"evaluate", "fill=\"#efe4f5\" stroke=\"#7d4c9e\""}, {"write", "fill=\"#e9e9ec\" stroke=\"#5c5f6b\""}};
  const auto found = colours.find(kind);
  return found != colours.end() ? found->second : "fill=\"#ffffff\" stroke=\"#444444\"";
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text)
    result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string(1, c);
  return result;
}

class Picture {
 public:
  explicit Picture(const Drawing& drawing)
      : drawing_(drawing), layout_(layout_of(drawing)), widths_(layout_.layers, 0), left_(layout_.layers + 1, kMargin) {
    for (std::size_t i = 0; i < drawing.boxes.size(); ++i) {
      const auto& box = drawing.boxes[i];
      const auto letters = std::max({box.name.size(), box.stage.size(), box.note.size()});
      auto& width = widths_[layout_.boxes[i].layer];
      width = std::max(width, static_cast<double>(letters) * kLetter + 24);
    }
    for (std::size_t layer = 0; layer < layout_.layers; ++layer)
      left_[layer + 1] = left_[layer] + widths_[layer] + kGap;
  }

  std::string svg() const {
    const double width = left_.back() - kGap + kMargin, height = layout_.slots * kSlot + kMargin;
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" "
        "font-family=\"sans-serif\" font-size=\"12\">\n",
        width, height);
    for (std::size_t i = 0; i < drawing_.lines.size(); ++i) text += line(i);
    for (std::size_t i = 0; i < drawing_.boxes.size(); ++i) text += box(i);
    return text + "</svg>\n";
  }

 private:
  double middle(const Spot& spot) const { return kMargin / 2 + (spot.slot + 0.5) * kSlot; }

  std::string line(std::size_t index) const {
    const auto& line = drawing_.lines[index];
    const auto& from = layout_.boxes[line.from];
    double x = left_[from.layer] + widths_[from.layer], y = middle(from);
    std::string path = fmt::format("M{:.1f},{:.1f}", x, y);
    const auto curve_to = [&](double to_x, double to_y) {
      const double half = (to_x - x) / 2;
      path += fmt::format(" C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", x + half, y, to_x - half, to_y, to_x, to_y);
      x = to_x, y = to_y;
    };
    for (const auto& bend : layout_.bends[index]) {
      curve_to(left_[bend.layer], middle(bend));
      x = left_[bend.layer] + widths_[bend.layer];
      path += fmt::format(" L{:.1f},{:.1f}", x, y);
    }
    const auto& to = layout_.boxes[line.to];
    curve_to(left_[to.layer], middle(to));
    return fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"#8a8f98\" stroke-width=\"1.2\"><title>{}</title></path>\n", path,
        escaped(drawing_.boxes[line.from].name + " -> " + drawing_.boxes[line.to].name + ": " + line.label));
  }

  std::string box(std::size_t index) const {
    const auto& box = drawing_.boxes[index];
    const auto& spot = layout_.boxes[index];
    const double x = left_[spot.layer], y = middle(spot) - kBoxHeight / 2, width = widths_[spot.layer];
    const double centre = x + width / 2, first = y + (box.note.empty() ? 23 : 17);
    std::string text = fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" rx=\"6\" {}/>\n", x,
                                   y, width, kBoxHeight, colour_of(box.kind));
    const auto label = [&](double baseline, const std::string& words, const char* style) {
      text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" {}>{}</text>\n", centre, baseline,
                          style, escaped(words));
    };
    label(first, box.name, "font-weight=\"bold\"");
    label(first + 15, box.stage, "fill=\"#333333\"");
    if (!box.note.empty()) label(first + 29, box.note, "fill=\"#666666\" font-size=\"11\"");
    return text;
  }

  const Drawing& drawing_;
  Layout layout_;
  std::vector<double> widths_, left_;  ///< of each layer
};

}  // namespace

std::string graph_svg(const Plan& plan, Copies copies) {
  const auto drawing = drawing_of(plan, copies);
  return Picture(drawing).svg();
}

}  // namespace morgana::host
