using System.Globalization;
using System.Text;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Studio.Tests;

/// <summary>Photos of mountains that were never there: ridge behind ridge in the haze, with the date of a camera.</summary>
internal static class Scenes
{
    private const int Ridges = 6;
    private const int Points = 97;

    // Sky, horizon, haze, foreground, sun.
    private static readonly string[][] Palettes =
    [
        ["27406b", "f0a06e", "b98a8f", "16233a", "fff3d6"],
        ["3b7ab8", "dceaf2", "a9c6d6", "1f4a45", "fffdf0"],
        ["1b1b45", "c8647c", "7d527d", "1a1230", "ffd9b8"],
        ["8a5a3c", "f8d79b", "d9a86c", "3b2418", "fff6dc"],
        ["0d1b30", "4d7f96", "3a637c", "081420", "eaf4ff"],
        ["7d93a8", "f3eee6", "b9c4cc", "34444f", "ffffff"],
        ["432c66", "f7b48c", "9c6a8b", "221a3a", "ffeccf"],
        ["2a6f97", "f1f7ee", "8fbcbb", "17403f", "fffbe0"],
    ];

    /// <param name="number">Each gives another picture.</param>
    public static byte[] Photo(int number, int width = 1800, int height = 1200)
    {
        using Image drawn = Image.SvgloadBuffer(Encoding.UTF8.GetBytes(Drawing(number, width, height)));
        using Image flat = drawn.Flatten();
        using Image grain = Image.Gaussnoise(width, height, sigma: 3, mean: 0, seed: number);
        using Image grainy = flat + grain;
        using Image bytes = grainy.Cast(Enums.BandFormat.Uchar);
        using Image photo = bytes.Copy(interpretation: Enums.Interpretation.Srgb);
        byte[] jpeg = photo.JpegsaveBuffer(q: 90, keep: Enums.ForeignKeep.None);
        return Pictures.InsertAfterStart(jpeg, Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. ExifWriter.Photo(isBigEndian: true)]));
    }

    private static string Drawing(int number, int width, int height)
    {
        string[] colours = Palettes[number % Palettes.Length];
        double ratio = (double)width / height;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {100 * ratio:0.##} 100" preserveAspectRatio="none">
            <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#{colours[0]}"/><stop offset=".62" stop-color="#{colours[1]}"/></linearGradient>
            <radialGradient id="glow"><stop stop-color="#{colours[4]}"/><stop offset=".3" stop-color="#{colours[4]}" stop-opacity=".5"/><stop offset="1" stop-color="#{colours[4]}" stop-opacity="0"/></radialGradient>
            <rect width="100%" height="100%" fill="url(#sky)"/>
            """);
        double sun = (0.2 + (0.6 * Chance(number, 0, 1))) * 100 * ratio;
        svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{sun:0.#}" cy="36" r="34" fill="url(#glow)"/><circle cx="{sun:0.#}" cy="36" r="5" fill="#{colours[4]}"/>""");
        for (int ridge = 0; ridge < Ridges; ridge++)
        {
            double near = (double)ridge / (Ridges - 1);
            double[] heights = Ridge(number, ridge, 24 - (16 * near));
            string line = string.Join(' ', heights.Select((up, i) => string.Create(CultureInfo.InvariantCulture, $"L{i * 100 * ratio / (Points - 1):0.##} {46 + (44 * near) - up:0.##}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M0 100 {line} L{100 * ratio:0.##} 100Z" fill="{Mixed(colours[2], colours[3], near)}"/>""");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Halves each stretch and moves its middle, by less and less: that is how mountains look.</summary>
    private static double[] Ridge(int number, int ridge, double most)
    {
        double[] heights = new double[Points];
        for (int i = 0; i < Points; i += 32)
        {
            heights[i] = most * Chance(number, ridge, i);
        }

        double move = most / 2.2;
        for (int stretch = 32; stretch > 1; stretch /= 2, move /= 1.9)
        {
            for (int i = stretch / 2; i < Points; i += stretch)
            {
                heights[i] = ((heights[i - (stretch / 2)] + heights[i + (stretch / 2)]) / 2) + (move * (Chance(number, ridge, i) - 0.5) * 2);
            }
        }

        return heights;
    }

    private static string Mixed(string from, string to, double share)
    {
        IEnumerable<int> parts = Enumerable.Range(0, 3).Select(i =>
            (int)Math.Round(double.Lerp(Convert.ToInt32(from.Substring(2 * i, 2), 16), Convert.ToInt32(to.Substring(2 * i, 2), 16), share)));
        return "#" + string.Concat(parts.Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
    }

    /// <returns>From 0 to 1; always the same for the same numbers.</returns>
    private static double Chance(int number, int ridge, int point)
    {
        uint mixed = (uint)((number * 73856093) ^ (ridge * 19349663) ^ (point * 83492791)) * 2654435761u;
        mixed ^= mixed >> 15;
        mixed *= 2246822519u;
        return (mixed ^ (mixed >> 13)) / (double)uint.MaxValue;
    }
}
