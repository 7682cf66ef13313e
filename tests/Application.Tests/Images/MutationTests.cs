using System.Globalization;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

/// <summary>
/// Names, crops and geometries with some letters changed: accepted or refused, never an error. MUTATIONS sets how many; the seed is fixed.
/// </summary>
public sealed class MutationTests
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("MUTATIONS") ?? "500", CultureInfo.InvariantCulture);

    private static readonly string[] Texts =
    [
        "1475660224_882910455.jpg", "1795476840_8949103649BI.webp", "800x600+100-50", "1500x1500>", "200x200^", "50%", "100x100!", "x300", "90", "-90", "#ffcc00", "white",
    ];

    [Fact]
    public void Of_texts_are_values_or_none()
    {
        Random random = new(20_261_125);
        for (int i = 0; i < Count; i++)
        {
            string text = MutatedText.Of(Texts[random.Next(Texts.Length)], random);

            // Whatever parses prints itself in a form that parses to the same value.
            if (ImageKey.TryParse(text, out ImageKey? key))
            {
                ImageKey.Parse(key.ToString()).Should().Be(key);
                key.ToString().Should().NotContain("/").And.NotStartWith(".");
            }

            if (CropArea.TryParse(text, out CropArea? crop))
            {
                CropArea.Parse(crop.ToString()).Should().Be(crop);
                _ = crop.TryClip(new PixelSize(4000, 3000), out PixelRect part);
                (part.X + part.Width).Should().BeLessThanOrEqualTo(4000);
            }

            if (Geometry.TryParse(text, out Geometry? geometry))
            {
                PixelSize size = geometry.Resize(new PixelSize(4000, 3000));
                Math.Min(size.Width, size.Height).Should().BePositive(text);
            }

            _ = Rotation.TryParse(text, out _);
        }
    }
}
