using System.IO.Compression;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Studio.Tests;

/// <summary>What the page consists of.</summary>
public sealed partial class AssetTests
{
    private const int MaxBytes = 60_000;

    private static readonly string[] Files = Directory.GetFiles(Repository.File("src", "Web", "Studio", "assets"));

    [Fact]
    public void All_of_the_page_compressed_is_smaller_than_60_kB()
    {
        int bytes = Files.Sum(file => Compressed(File.ReadAllBytes(file)));

        bytes.Should().BeLessThan(MaxBytes);
    }

    [Fact]
    public void Nothing_in_it_comes_from_elsewhere()
    {
        foreach (string file in Files)
        {
            // The names of two formats are addresses too, and one comment says where an algorithm is described.
            string[] addresses = [.. Address().Matches(File.ReadAllText(file)).Select(match => match.Value)
                .Except(["http://www.w3.org/2000/svg", "https://tus.io", "https://evanw.github.io/thumbhash/"])];
            addresses.Should().BeEmpty(file);
        }
    }

    private static int Compressed(byte[] content)
    {
        byte[] compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        BrotliEncoder.TryCompress(content, compressed, out int written, quality: 5, window: 22).Should().BeTrue();
        return written;
    }

    [GeneratedRegex(@"\b(https?|wss?)://[^\s'""`)]*")]
    private static partial Regex Address();
}
