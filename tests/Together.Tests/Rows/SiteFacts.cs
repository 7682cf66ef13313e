using ImageBackend.Domain;
using ImageBackend.Together.Tests.Covering;

namespace ImageBackend.Together.Tests.Rows;

/// <summary>Where and how one service keeps its images.</summary>
internal sealed class SiteFacts(int number, IReadOnlyList<Fact> facts)
{
    private const string TwoAlike = """
        [{"suffix": "L", "convert": ["-resize", "700x700>", "-quality", "85"]},
         {"suffix": "M", "convert": ["-resize", "700x700>", "-quality", "85"]},
         {"suffix": "S", "convert": ["-thumbnail", "160x120^", "-gravity", "center", "-extent", "160x120"]}]
        """;

    private const string TwoAlikeOfAPart = """
        [{"suffix": "L", "convert": ["-crop", "50%x50%+0+0", "+repage", "-resize", "500x500>", "-quality", "85"]},
         {"suffix": "M", "convert": ["-crop", "50%x50%+0+0", "+repage", "-resize", "500x500>", "-quality", "85"]},
         {"suffix": "S", "convert": ["-resize", "300x300>", "-quality", "85"]}]
        """;

    private readonly Dictionary<string, string> _values = facts.ToDictionary(fact => fact.Factor, fact => fact.Value);

    public int Number => number;

    public string Storage => _values["STORAGE"];

    public string Prefix => _values["ROUTE_PREFIX"];

    /// <summary>Whether its clients upload in parts.</summary>
    public bool UploadsInParts => _values["UPLOADS"] == Plan.Resumable;

    /// <summary>Whether its batches are shared by several machines, with the database that this takes.</summary>
    public bool SharesBatches => _values["BATCHES"] == Plan.Shared;

    public bool OrientsOriginals => _values["AUTO_ORIENT_ORIGINAL"] == "1";

    public bool ExposesGps => _values["EXPOSE_GPS"] == "1";

    /// <summary><c>none</c>, <c>gps</c> or <c>all</c>.</summary>
    public string Strip => _values["STRIP_ORIGINAL"];

    public IReadOnlyList<ImageFormat> ModernFormats =>
    [
        .. _values["GENERATE_WEBP"] == "1" ? [ImageFormat.WebP] : Array.Empty<ImageFormat>(),
        .. _values["GENERATE_AVIF"] == "1" ? [ImageFormat.Avif] : Array.Empty<ImageFormat>(),
    ];

    /// <summary>What the engine can make, whatever the settings.</summary>
    public IReadOnlyList<ImageFormat> PossibleFormats => _values["IMAGING_ENGINE"] == Plan.ManagedEngine ? [ImageFormat.WebP] : [ImageFormat.WebP, ImageFormat.Avif];

    /// <summary>As in the settings, but written by hand.</summary>
    public IReadOnlyList<ThumbnailSpec> Thumbnails => Enum.Parse<Sizes>(_values["RESIZING_CONFIG"]) switch
    {
        Sizes.Default => ThumbnailSet.Default.Specs,
        Sizes.TwoAlike =>
        [
            new ThumbnailSpec("L", Geometry.Parse("700x700>"), extent: null, quality: 85),
            new ThumbnailSpec("M", Geometry.Parse("700x700>"), extent: null, quality: 85),
            new ThumbnailSpec("S", Geometry.Parse("160x120^"), new PixelSize(160, 120), quality: 92),
        ],
        _ =>
        [
            new ThumbnailSpec("L", Geometry.Parse("500x500>"), extent: null, quality: 85) { Crop = UpperLeftQuarter },
            new ThumbnailSpec("M", Geometry.Parse("500x500>"), extent: null, quality: 85) { Crop = UpperLeftQuarter },
            new ThumbnailSpec("S", Geometry.Parse("300x300>"), extent: null, quality: 85),
        ],
    };

    /// <summary>For the service and the program `images`.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables =>
    [
        .. _values.Where(value => value.Key is not ("STORAGE" or "RESIZING_CONFIG" or "UPLOADS" or "BATCHES")).Select(value => (value.Key, value.Value)),
        ("RESIZING_CONFIG", Enum.Parse<Sizes>(_values["RESIZING_CONFIG"]) switch { Sizes.Default => "", Sizes.TwoAlike => TwoAlike, _ => TwoAlikeOfAPart }),
    ];

    private static Cut UpperLeftQuarter =>
        Cut.TryParseCrop("50%x50%+0+0", Gravity.NorthWest, out Cut? cut) ? cut : throw new InvalidOperationException();

    public override string ToString() => $"site {number}: {string.Join(' ', _values.Where(value => value.Value is not ("" or "0")).Select(value => $"{value.Key}={value.Value}"))}";
}
