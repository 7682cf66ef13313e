using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging;

namespace ImageBackend.Infrastructure.Tests.Configuration;

[Trait("fault", "c2c-24")]
public sealed class ResizingConfigTests
{
    private const string Predecessors = """
        [{"suffix": "BI", "convert": ["-thumbnail", "1500x1500>", "-quality", "90"]},
         {"suffix": "MI", "convert": ["-thumbnail", "400x400>", "-quality", "90"]},
         {"suffix": "SI", "convert": ["-thumbnail", "200x200^", "-gravity", "center", "-extent", "200x200", "-quality", "90"]}]
        """;

    [Theory]
    [InlineData("")]
    [InlineData(Predecessors)]
    public void Unset_or_as_c2c_has_it_gives_the_three_default_thumbnails(string text) =>
        Read(text).Specs.Should().Equal(ThumbnailSet.Default.Specs);

    [Fact]
    public void Every_argument_has_its_effect()
    {
        ThumbnailSpec spec = Read("""
            [{"suffix": "master", "convert": ["-auto-orient", "-strip", "-crop", "50%x50%+10+0", "-resize", "800x600^", "-gravity", "NorthEast", "-background", "#1af",
              "-extent", "800x600", "+repage", "-quality", "75", "-interlace", "Plane", "-sampling-factor", "4:4:4"]}]
            """).Specs.Should().ContainSingle().Subject;

        _ = Cut.TryParseCrop("50%x50%+10+0", Gravity.NorthWest, out Cut? crop);
        spec.Should().Be(new ThumbnailSpec("master", Geometry.Parse("800x600^"), extent: null, quality: 75)
        {
            Crop = crop,
            Cut = Cut.Extent(new PixelSize(800, 600), Gravity.NorthEast),
            Background = new Colour(0x11, 0xAA, 0xFF),
            IsInterlaced = true,
            HasFullChroma = true,
        });
    }

    [Fact]
    public void Without_quality_and_gravity_ImageMagicks_own_hold()
    {
        ThumbnailSpec spec = Read("""[{"suffix": "S", "convert": ["-resize", "300", "-extent", "200x200"]}]""").Specs[0];

        spec.Quality.Should().Be(92);
        spec.Cut!.Gravity.Should().Be(Gravity.NorthWest);
    }

    [Fact]
    public void Gravity_and_background_count_for_what_follows_them()
    {
        ThumbnailSpec spec = Read("""
            [{"suffix": "S", "convert": ["-gravity", "west", "-crop", "9x9+0+0", "-gravity", "north", "-background", "black", "-extent", "7x7",
              "-gravity", "south", "-background", "white"]}]
            """).Specs[0];

        spec.Crop!.Gravity.Should().Be(Gravity.West);
        spec.Cut!.Gravity.Should().Be(Gravity.North);
        spec.Background.Should().Be(new Colour(0, 0, 0));
    }

    [Theory]
    [InlineData("""["-resize", "50%", "-crop", "10x10+0+0"]""", "50%", null, "crop 10x10+0+0")]
    [InlineData("""["-crop", "10x10+0+0", "-resize", "90000@"]""", "90000@", "crop 10x10+0+0", null)]
    [InlineData("""["-crop", "10x10+0+0", "+repage", "-crop", "+5+5"]""", "30000x30000>", "crop 10x10+0+0", "crop +5+5")]
    [InlineData("""["-crop", "10x10+0+0", "-thumbnail", "8x8", "-extent", "120%x9"]""", "8x8", "crop 10x10+0+0", "120%x9")]
    [InlineData("""["-crop", "10x10+0+0", "+repage", "-extent", "120%"]""", "30000x30000>", "crop 10x10+0+0", "120%")]
    public void Crops_stand_before_and_behind_the_box(string arguments, string resize, string? crop, string? cut)
    {
        ThumbnailSpec spec = Read($$"""[{"suffix": "S", "convert": {{arguments}}}]""").Specs[0];

        (spec.Resize.ToString(), spec.Crop?.ToString(), spec.Cut?.ToString()).Should().Be((resize, crop, cut));
    }

    [Fact]
    public void An_entry_without_a_box_keeps_the_size() =>
        Read("""[{"suffix": "O", "convert": ["-quality", "80"]}]""").Specs[0].Resize.Resize(new PixelSize(4032, 3024)).Should().Be(new PixelSize(4032, 3024));

    [Fact]
    public void A_suffix_may_end_another_as_in_v6() =>
        Read(string.Concat("[", string.Join(",", new[] { "master", "L", "M", "S", "XS" }.Select(suffix => $$"""{"suffix": "{{suffix}}", "convert": ["-resize", "100x100"]}""")), "]"))
            .Specs.Select(spec => spec.Suffix).Should().Equal("master", "L", "M", "S", "XS");

    [Fact]
    public void The_modern_formats_come_by_switches()
    {
        SettingsReader reader = new Variables { ["GENERATE_WEBP"] = "1", ["GENERATE_AVIF"] = "true" }.Reader();

        ResizingConfig.Read(reader).ModernFormats.Should().Equal(ImageFormat.WebP, ImageFormat.Avif);
        ResizingConfig.Read(new Variables { ["GENERATE_WEBP"] = "0" }.Reader()).ModernFormats.Should().BeEmpty();
    }

    [Fact]
    public void A_switch_that_is_neither_on_nor_off_is_refused()
    {
        SettingsReader reader = new Variables { ["GENERATE_WEBP"] = "perhaps" }.Reader();

        ResizingConfig.Read(reader);

        reader.Mistakes.Should().Equal("GENERATE_WEBP: 'perhaps' is neither 1 nor 0");
    }

    [Theory]
    [InlineData("{", "is not JSON (line 1, position 2)")]
    [InlineData("{}", "is not a list with at least one entry")]
    [InlineData("[]", "is not a list with at least one entry")]
    [InlineData("[1]", "entry 1 is not an object with 'suffix'")]
    [InlineData("""[{"suffix": "S"}]""", "entry 1 is not an object with 'suffix'")]
    [InlineData("""[{"suffix": "S", "convert": "-resize"}]""", "entry 1 is not an object with 'suffix'")]
    [InlineData("""[{"suffix": "S", "convert": [1]}]""", "entry 1 is not an object with 'suffix'")]
    [InlineData("""[{"suffix": "1S", "convert": []}]""", "entry 1: '1S' is not a suffix")]
    [InlineData("""[{"suffix": "../S", "convert": []}]""", "entry 1: '../S' is not a suffix")]
    [InlineData("""[{"suffix": ".*", "convert": []}]""", "entry 1: '.*' is not a suffix")]
    [InlineData("""[{"suffix": "S", "convert": ["-blur", "1x1"]}]""", "entry 1 (suffix 'S'): -blur is not supported; use -resize")]
    [InlineData("""[{"suffix": "S", "convert": ["-write", "/etc/passwd"]}]""", "entry 1 (suffix 'S'): -write is not supported")]
    [InlineData("""[{"suffix": "S", "convert": ["400x400"]}]""", "entry 1 (suffix 'S'): '400x400' was found where an argument such as -resize is expected")]
    [InlineData("""[{"suffix": "S", "convert": ["-resize"]}]""", "entry 1 (suffix 'S'): -resize has no value; expected: a box such as 400x400>")]
    [InlineData("""[{"suffix": "S", "convert": ["-resize", "large"]}]""", "entry 1 (suffix 'S'): -resize 'large' is not a supported size")]
    [InlineData("""[{"suffix": "S", "convert": ["-resize", "9x9", "-thumbnail", "5x5"]}]""", "entry 1 (suffix 'S'): -thumbnail '5x5' comes too late")]
    [InlineData("""[{"suffix": "S", "convert": ["-extent", "9x9", "-resize", "5x5"]}]""", "entry 1 (suffix 'S'): -resize '5x5' comes too late")]
    [InlineData("""[{"suffix": "S", "convert": ["-extent", "9x9^"]}]""", "entry 1 (suffix 'S'): -extent '9x9^' is not a supported size")]
    [InlineData("""[{"suffix": "S", "convert": ["-extent", "20000x20000"]}]""", "entry 1 (suffix 'S'): -extent '20000x20000' is not a supported size; expected: a size such as 200x200, 200x200+10-5 or 120%, of at most 100 megapixels")]
    [InlineData("""[{"suffix": "S", "convert": ["-extent", "9x9", "-crop", "5x5+0+0"]}]""", "entry 1 (suffix 'S'): -crop '5x5+0+0' comes too late")]
    [InlineData("""[{"suffix": "S", "convert": ["-resize", "9x9", "-crop", "5x5+0+0", "-extent", "9x9"]}]""", "entry 1 (suffix 'S'): -extent '9x9' comes too late")]
    [InlineData("""[{"suffix": "S", "convert": ["-crop", "5x5"]}]""", "entry 1 (suffix 'S'): -crop '5x5' is not a supported crop; expected: a size with an offset")]
    [InlineData("""[{"suffix": "S", "convert": ["-crop", "9x9+1+1", "-resize", "20x", "-crop", "5x5+1+1"]}]""", "entry 1 (suffix 'S'): -crop '5x5+1+1' counts from the picture as it was before the first -crop")]
    [InlineData("""[{"suffix": "S", "convert": ["-crop", "9x9+1+1", "-extent", "20x"]}]""", "entry 1 (suffix 'S'): -extent '20x' counts from the picture as it was before the first -crop")]
    [InlineData("""[{"suffix": "S", "convert": ["-resize", "20000x20000"]}]""", "entry 1 (suffix 'S'): -resize '20000x20000' is not a supported size")]
    [InlineData("""[{"suffix": "S", "convert": ["-resize", "20000x20000!"]}]""", "entry 1 (suffix 'S'): -resize '20000x20000!' is not a supported size")]
    [InlineData("""[{"suffix": "S", "convert": ["-resize", "200000000@"]}]""", "entry 1 (suffix 'S'): -resize '200000000@' is not a supported size")]
    [InlineData("""[{"suffix": "S", "convert": ["-gravity", "up"]}]""", "entry 1 (suffix 'S'): -gravity 'up' is not a valid gravity")]
    [InlineData("""[{"suffix": "S", "convert": ["-gravity", "4"]}]""", "entry 1 (suffix 'S'): -gravity '4' is not a valid gravity")]
    [InlineData("""[{"suffix": "S", "convert": ["-quality", "101"]}]""", "entry 1 (suffix 'S'): -quality '101' is not a valid quality; expected: a number from 1 to 100")]
    [InlineData("""[{"suffix": "S", "convert": ["-interlace", "partition"]}]""", "entry 1 (suffix 'S'): -interlace 'partition' is not a supported scheme")]
    [InlineData("""[{"suffix": "S", "convert": ["-sampling-factor", "4:2:2"]}]""", "entry 1 (suffix 'S'): -sampling-factor '4:2:2' is not a supported factor; expected: 4:2:0 or 4:4:4")]
    [InlineData("""[{"suffix": "S", "convert": ["-background", "mauve"]}]""", "entry 1 (suffix 'S'): -background 'mauve' is not a supported colour")]
    [InlineData("""[{"suffix": "S", "convert": []}, {"suffix": "S", "convert": []}]""", "has the suffix 'S' 2 times")]
    public void What_can_not_be_done_is_refused_with_its_entry_its_argument_and_what_is_right(string text, string expected)
    {
        SettingsReader reader = new Variables { ["RESIZING_CONFIG"] = text }.Reader();

        ResizingConfig.Read(reader);

        reader.Mistakes.Should().ContainSingle().Which.Should().StartWith("RESIZING_CONFIG: " + expected);
    }

    [Fact]
    public void Every_wrong_entry_is_named()
    {
        SettingsReader reader = new Variables { ["RESIZING_CONFIG"] = """[{"suffix": "S", "convert": ["-blur", "1"]}, 7, {"suffix": "M", "convert": ["-quality", "x"]}]""" }.Reader();

        ResizingConfig.Read(reader);

        reader.Mistakes.Should().HaveCount(3);
    }

    [Fact]
    public void All_mistakes_of_all_entries_are_named_at_once()
    {
        SettingsReader reader = new Variables { ["RESIZING_CONFIG"] = """[{"suffix": "L", "convert": ["-resize"]}, {"suffix": "L", "convert": []}, {"suffix": "../x", "convert": ["-quality", "500"]}]""" }.Reader();

        ResizingConfig.Read(reader);

        reader.Mistakes.Should().SatisfyRespectively(
            one => one.Should().Contain("entry 1 (suffix 'L'): -resize has no value"),
            one => one.Should().Contain("entry 3 (suffix '../x'): -quality '500'"),
            one => one.Should().Contain("entry 3: '../x' is not a suffix"),
            one => one.Should().Contain("has the suffix 'L' 2 times"));
    }

    [Fact]
    public void Former_sizes_are_suffixes_that_are_made_no_more()
    {
        SettingsReader right = new Variables { ["FORMER_SIZES"] = "XL, old,XL" }.Reader();
        ResizingConfig.Read(right).FormerSuffixes.Should().Equal("XL", "old");
        right.Mistakes.Should().BeEmpty();

        SettingsReader wrong = new Variables { ["FORMER_SIZES"] = "1XL,SI" }.Reader();
        ResizingConfig.Read(wrong);
        wrong.Mistakes.Should().SatisfyRespectively(
            first => first.Should().StartWith("FORMER_SIZES: '1XL' is not a suffix"),
            second => second.Should().StartWith("FORMER_SIZES: 'SI' is a size that is still made"));
    }

    private static ThumbnailSet Read(string text)
    {
        SettingsReader reader = new Variables { ["RESIZING_CONFIG"] = text }.Reader();
        ThumbnailSet set = ResizingConfig.Read(reader);
        reader.Mistakes.Should().BeEmpty();
        return set;
    }
}
