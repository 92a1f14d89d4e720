// SPDX-License-Identifier: Apache-2.0
#include "chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "page.hpp"

namespace morgana::report {
namespace {

/// Maps numbers of one axis to pixels.
struct Scale {
  double low = 0, high = 1;
  bool logarithmic = false;
  double from = 0, to = 1;

  double operator()(double value) const {
    const double position =
        logarithmic ? (std::log10(std::max(value, low)) - std::log10(low)) / (std::log10(high) - std::log10(low))
                    : (value - low) / (high - low);
    return from + std::clamp(position, -0.02, 1.02) * (to - from);
  }
};

Scale scale_of(double low, double high, bool logarithmic, double from, double to) {
  if (!(low <= high)) low = 0, high = 1;
  if (logarithmic) {
    low = std::max(low, high > 0 ? high * 1e-9 : 1e-9);
    if (high <= low) high = low * 10;
  } else if (high == low) {
    high = low + (low == 0 ? 1 : std::abs(low) * 0.1);
  }
  return {low, high, logarithmic, from, to};
}

/// Round numbers between the ends: 1, 2 or 5 times a power of ten apart.
std::vector<double> ticks(const Scale& scale, int wanted) {
  std::vector<double> result;
  if (scale.logarithmic) {
    const int first = static_cast<int>(std::ceil(std::log10(scale.low) - 1e-9)),
              last = static_cast<int>(std::floor(std::log10(scale.high) + 1e-9));
    const int step = std::max(1, (last - first) / wanted);
    for (int power = first; power <= last; power += step) result.push_back(std::pow(10.0, power));
    return result;
  }
  const double raw = (scale.high - scale.low) / wanted, power = std::pow(10.0, std::floor(std::log10(raw)));
  const double step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
  for (double tick = std::ceil(scale.low / step) * step; tick <= scale.high + step * 1e-6; tick += step)
    result.push_back(std::abs(tick) < step * 1e-6 ? 0 : tick);
  return result;
}

std::string open_svg(int width, int height, const std::string& title) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "role=\"img\"><title>{2}</title>",
      width, height, escaped(title));
}

std::string text(double x, double y, const std::string& anchor, const std::string& body,
                 const std::string& extra = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" {}>{}</text>", x, y, anchor, extra,
                     escaped(body));
}

}  // namespace

std::string series_colour(std::size_t index) {
  constexpr std::array kColours{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6BB1", "#7F7F7F"};
  return kColours[index % kColours.size()];
}

std::string to_svg(const LineChart& chart) {
  const double left = 52, right = chart.width - 10.0, top = 8, bottom = chart.height - 36.0;
  double x_low = std::numeric_limits<double>::infinity(), x_high = -x_low, y_low = x_low, y_high = -x_low;
  for (const auto& line : chart.lines)
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      if (!std::isfinite(line.x[i]) || !std::isfinite(line.y[i])) continue;
      if (chart.logarithmic_x && line.x[i] <= 0) continue;
      if (chart.logarithmic_y && line.y[i] <= 0) continue;
      x_low = std::min(x_low, line.x[i]), x_high = std::max(x_high, line.x[i]);
      y_low = std::min(y_low, line.y[i]), y_high = std::max(y_high, line.y[i]);
    }
  const auto x = scale_of(x_low, x_high, chart.logarithmic_x, left, right),
             y = scale_of(y_low, y_high, chart.logarithmic_y, bottom, top);
  std::string svg = open_svg(chart.width, chart.height, chart.title);
  for (const double tick : ticks(y, 4)) {
    svg += fmt::format("<line class=\"rule\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", left, right,
                       y(tick), y(tick));
    svg += text(left - 5, y(tick) + 4, "end", shown(tick));
  }
  for (const double tick : ticks(x, 4)) svg += text(x(tick), bottom + 14, "middle", shown(tick));
  svg += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", left, right,
                     bottom);
  svg += text((left + right) / 2, chart.height - 6.0, "middle", chart.x_label, "class=\"soft\"");
  svg += text(0, 0, "middle", chart.y_label,
              fmt::format("class=\"soft\" transform=\"translate(11 {:.1f}) rotate(-90)\"", (top + bottom) / 2));
  for (const auto& line : chart.lines) {
    std::string path;
    double last_y = 0;
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      if (!std::isfinite(line.x[i]) || !std::isfinite(line.y[i])) continue;
      const double px = x(line.x[i]), py = y(line.y[i]);
      if (path.empty()) path = fmt::format("M{:.1f} {:.1f}", px, py);
      else if (chart.steps) path += fmt::format("L{:.1f} {:.1f}L{:.1f} {:.1f}", px, last_y, px, py);
      else path += fmt::format("L{:.1f} {:.1f}", px, py);
      last_y = py;
    }
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"{}><title>{}</title></path>",
                       path, line.colour, line.dashed ? " stroke-dasharray=\"4 3\"" : "", escaped(line.name));
  }
  return svg + "</svg>";
}

std::string to_svg(const DotChart& chart) {
  constexpr int kWidth = 520, kRow = 22, kTop = 8;
  const int height = kTop + kRow * static_cast<int>(chart.dots.size()) + 30;
  std::size_t longest = 0;
  for (const auto& dot : chart.dots) longest = std::max(longest, dot.name.size());
  const double left = std::min(220.0, 16 + 6.2 * static_cast<double>(longest)), right = kWidth - 14;
  double low = chart.reference.value_or(std::numeric_limits<double>::infinity()),
         high = chart.reference.value_or(-std::numeric_limits<double>::infinity());
  for (const auto& dot : chart.dots) {
    if (!std::isfinite(dot.value)) continue;
    low = std::min({low, dot.value, dot.low.value_or(dot.value)}),
    high = std::max({high, dot.value, dot.high.value_or(dot.value)});
  }
  const double margin = (high - low) * 0.04;
  const auto x = scale_of(low - margin, high + margin, false, left, right);
  const double bottom = height - 28.0;
  std::string svg = open_svg(kWidth, height, chart.title);
  for (const double tick : ticks(x, 5)) {
    svg += fmt::format("<line class=\"rule\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2:.1f}\"/>", x(tick), kTop,
                       bottom);
    svg += text(x(tick), bottom + 14, "middle", shown(tick));
  }
  if (chart.reference)
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2:.1f}\" stroke=\"#009E73\" stroke-width=\"2\" "
        "stroke-dasharray=\"5 3\"><title>real data: {3}</title></line>",
        x(*chart.reference), kTop, bottom, shown(*chart.reference));
  double row_y = kTop + kRow / 2.0;
  for (const auto& dot : chart.dots) {
    svg += text(left - 8, row_y + 4, "end", dot.name);
    if (std::isfinite(dot.value)) {
      if (dot.low && dot.high)
        svg += fmt::format(
            "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"2\"/>",
            x(*dot.low), x(*dot.high), row_y, row_y, dot.colour);
      svg += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4.5\" fill=\"{}\" stroke=\"{}\" stroke-width=\"2\"><title>{}: "
          "{}</title></circle>",
          x(dot.value), row_y, dot.hollow ? "var(--paper)" : dot.colour, dot.colour, escaped(dot.name),
          shown(dot.value));
    } else {
      svg += text(left + 4, row_y + 4, "start", "not defined", "class=\"soft\"");
    }
    row_y += kRow;
  }
  svg += text((left + right) / 2, height - 3.0, "middle", chart.unit, "class=\"soft\"");
  return svg + "</svg>";
}

std::string to_svg(const HeatMap& map) {
  const int cells = static_cast<int>(std::max(map.rows.size(), map.columns.size()));
  const int side = std::clamp(300 / std::max(cells, 1), 12, 34);
  std::size_t longest = 0;
  for (const auto& name : map.rows) longest = std::max(longest, std::min<std::size_t>(name.size(), 22));
  const int left = 10 + static_cast<int>(6.2 * static_cast<double>(longest)), top = 6;
  const int width = left + side * static_cast<int>(map.columns.size()) + 8,
            height = top + side * static_cast<int>(map.rows.size()) + 22;
  std::string svg = open_svg(width, height, map.title);
  const auto shortened = [](const std::string& name) {
    return name.size() <= 22 ? name : "…" + name.substr(name.size() - 21);
  };
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    double sum = 0;
    for (std::size_t column = 0; column < map.columns.size(); ++column)
      sum += map.values[row * map.columns.size() + column];
    svg += text(left - 4, top + side * (static_cast<double>(row) + 0.5) + 4, "end", shortened(map.rows[row]));
    for (std::size_t column = 0; column < map.columns.size(); ++column) {
      const double value = map.values[row * map.columns.size() + column], share = sum > 0 ? value / sum : 0;
      svg += fmt::format(
          "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#0072B2\" fill-opacity=\"{:.3f}\" "
          "stroke=\"var(--line)\" stroke-width=\"0.5\"><title>{} → {}: {} ({:.1f} %)</title></rect>",
          left + side * static_cast<int>(column), top + side * static_cast<int>(row), side, side, std::sqrt(share),
          escaped(map.rows[row]), escaped(map.columns[column]), shown(value), 100 * share);
    }
  }
  svg += text(left + side * static_cast<double>(map.columns.size()) / 2, height - 6.0, "middle",
              "columns in the order of the rows", "class=\"soft\"");
  return svg + "</svg>";
}

std::string legend(const std::vector<std::pair<std::string, std::string>>& names_and_colours) {
  std::string html = "<div class=\"legend\">";
  for (const auto& [name, colour] : names_and_colours)
    html += fmt::format("<span><i style=\"background:{}\"></i>{}</span>", colour, escaped(name));
  return html + "</div>";
}

}  // namespace morgana::report
