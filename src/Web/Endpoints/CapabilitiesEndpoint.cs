using System.Text.Json.Serialization;
using ImageBackend.Application.Images;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

/// <summary>Says what is accepted and what is made of it, so that a page can tell its user before anything is sent.</summary>
internal static class CapabilitiesEndpoint
{
    // It changes only when the service is started with other settings.
    private const string CacheControl = "public, max-age=300";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapCapabilities(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/capabilities", Methods, GetAsync)
        .Describe("capabilities", "Says what is accepted, up to which limits, and what is made of it.", "The answer may be cached for five minutes.");

    private static async Task<Ok<CapabilitiesReply>> GetAsync(
        HttpResponse response, UploadLimits limits, IConvertedFormats converted, ThumbnailSet thumbnails, ServiceSettings service, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImageFormat> formats = await converted.FindAsync(cancellationToken);
        response.Headers.CacheControl = CacheControl;
        return TypedResults.Ok(new CapabilitiesReply(
            [.. FormatsOf(limits), .. formats.Select(Converted)],
            new LimitsReply(limits.MaxBytes, UploadLimits.MaxDrawingBytes, limits.MaxPixels, UploadLimits.MaxSide, limits.MaxFrames),
            new ResumableReply(service.RoutePrefix + Tus.Route, Tus.Version, Tus.Extensions.Split(',')),
            [.. thumbnails.Specs.Select(spec => new ThumbnailSizeReply(spec.Suffix, spec.Resize.ToString(), spec.Cut?.ToString()))],
            [.. thumbnails.ModernFormats.Select(format => format.ToString())]));
    }

    private static IEnumerable<FormatReply> FormatsOf(UploadLimits limits) =>
        from format in ImageFormat.All
        where format.IsUploaded && (format != ImageFormat.Svg || limits.TakesDrawings)
        select new FormatReply($"{format}", format.ContentType, StoredAs: [$"{format}"], Thumbnails: [$"{format.ThumbnailFormat}"]);

    private static FormatReply Converted(ImageFormat format)
    {
        string[] formats = [$"{ImageFormat.Jpeg}", $"{ImageFormat.Png}"];
        return new FormatReply($"{format}", format.ContentType, StoredAs: formats, Thumbnails: formats);
    }
}

/// <param name="Formats">Those that can be uploaded; the bytes decide, not the name or the type.</param>
/// <param name="Thumbnails">What is made of each upload.</param>
/// <param name="ModernThumbnails">Formats in which each thumbnail is made too, some time after the upload.</param>
internal sealed record CapabilitiesReply(
    IReadOnlyList<FormatReply> Formats,
    LimitsReply Limits,
    ResumableReply Resumable,
    IReadOnlyList<ThumbnailSizeReply> Thumbnails,
    IReadOnlyList<string> ModernThumbnails);

/// <param name="ContentType">For the `accept` of a file input.</param>
/// <param name="StoredAs">The format of the original that is made of it; of several, the picture decides which.</param>
/// <param name="Thumbnails">The format of its thumbnails, likewise.</param>
internal sealed record FormatReply(string Format, string ContentType, IReadOnlyList<string> StoredAs, IReadOnlyList<string> Thumbnails);

/// <param name="DrawingBytes">Of an SVG.</param>
/// <param name="Pixels">Width times height, of all frames together; half of it for a progressive JPEG or an interlaced PNG.</param>
/// <param name="Side">Pixels of one side.</param>
internal sealed record LimitsReply(long Bytes, int DrawingBytes, long Pixels, int Side, int Frames);

/// <param name="Path">Where uploads begin that can be continued, by tus.</param>
internal sealed record ResumableReply(string Path, string TusVersion, IReadOnlyList<string> Extensions);

/// <param name="Geometry">The box that the picture is resized to, as ImageMagick writes it.</param>
/// <param name="Cut">What is then cut out, if anything.</param>
internal sealed record ThumbnailSizeReply(string Suffix, string Geometry, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Cut);
