using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ImageBackend.Cli.Batches;

/// <summary>One of several parts of all items, the same on every machine: <c>2/8</c> is the second of eight.</summary>
/// <param name="Number">From 1.</param>
internal sealed record Shard(int Number, int Count)
{
    public const int MaxCount = 10_000;

    public static readonly Shard All = new(1, 1);

    public static bool TryParse(string? text, [NotNullWhen(true)] out Shard? shard)
    {
        shard = text?.Split('/') is [var number, var count] && TryNumber(number, out int n) && TryNumber(count, out int c) && n <= c
            ? new Shard(n, c)
            : null;
        return shard is not null;

        static bool TryNumber(string part, out int value) =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is >= 1 and <= MaxCount;
    }

    public bool Has(string key) => Count == 1 || Hash(key) % (uint)Count == (uint)Number - 1;

    public override string ToString() => $"{Number}/{Count}";

    // FNV-1a, since .NET's own hash of a text differs from process to process. Its low bits alone are uneven, so both halves are used.
    private static uint Hash(string key)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(key))
        {
            hash = (hash ^ one) * 16777619;
        }

        return hash ^ (hash >> 16);
    }
}
