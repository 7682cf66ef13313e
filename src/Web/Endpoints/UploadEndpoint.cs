using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using ImageBackend.Web.Metrics;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

internal static class UploadEndpoint
{
    // What a form may have besides the file: boundaries, part headers, small fields.
    private const long EnvelopeBytes = 1024 * 1024;

    /// <summary>Codes of whatever is uploaded, in whatever way.</summary>
    public static readonly string[] Refusals =
    [
        "empty_file", "unsupported_format", "unsupported_animation", "broken_image", "too_many_pixels", "too_many_frames", "image_too_complex",
        "file_too_large", "busy", "storage_unavailable", "storage_full",
    ];

    public static void MapUpload(this IEndpointRouteBuilder routes) => routes.MapPost("/upload", UploadAsync)
        .Describe("upload", "Takes one photo: checks it, gives it a new name and makes its thumbnails.", "It is not public before it is published, and expires if it never is.")
        .Takes(new FormField("file", "The photo, in one of the formats that `/capabilities` lists. Its name does not matter.", "") { IsRequired = true, IsFile = true })
        .Refuses(["no_file", "several_files", .. Refusals])
        .Answers("""
            {"success":true,"filename":"1795476840_8949103649.jpg","width":4032,"height":3024,"format":"jpg","bytes":3518724,
             "sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","takenAt":"2026-07-14T09:31:05+02:00",
             "thumbhash":"3xcOdZyBiobAZ4d4iKiGh4Sv94d8",
             "thumbnails":[{"suffix":"BI","filename":"1795476840_8949103649BI.jpg","width":1500,"height":1125,"bytes":412630}]}
            """);

    private static async Task<Ok<UploadReply>> UploadAsync(
        HttpContext context, IMediator mediator, UploadLimits limits, Receiving receiving, CancellationToken cancellationToken)
    {
        long maxBytes = limits.MaxBytes + EnvelopeBytes;
        if (context.Request.ContentLength > maxBytes)
        {
            throw TooLarge(limits, context.Request.ContentLength);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = maxBytes;
        }

        using IDisposable received = receiving.Upload(context.Request, limits.MaxBytes);
        try
        {
            await using UploadedFile file = await UploadedFile.OpenAsync(context.Request, cancellationToken);
            UploadedImage image = await mediator.Send(new UploadImage(file), cancellationToken);
            PredecessorMetrics.Uploaded(image.Key.Format);
            context.NoteImage(image.Key);
            return TypedResults.Ok(UploadReply.Of(image));
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // A body without a declared length; the server has read ahead of us.
            throw TooLarge(limits, actual: null, exception);
        }
    }

    private static InvalidImageException TooLarge(UploadLimits limits, long? actual, Exception? inner = null) => new(
        InvalidImageException.FileTooLarge, $"The file is larger than the limit of {limits.MaxBytes} bytes.", limits.MaxBytes, actual, inner);
}

/// <param name="Filename">The photo's new name, which `/publish` expects.</param>
/// <param name="Width">Of the upright picture, in pixels.</param>
/// <param name="Format">The extension of its name.</param>
/// <param name="Bytes">The size of the original as it is stored.</param>
/// <param name="TakenAt">ISO 8601, local time, with an offset if the camera knew it; null if unknown.</param>
/// <param name="Altered">True for a drawing that looks different from what was sent; otherwise left out.</param>
/// <param name="ConvertedFrom">The format that the photo was sent in, such as `heic`; left out if it was stored as it came.</param>
/// <param name="Thumbhash">A placeholder of some 25 bytes, in Base64, to show until a picture has loaded; left out if no thumbnails are made.</param>
/// <param name="Gps">Left out unless EXPOSE_GPS is on and the photo has it.</param>
internal sealed record UploadReply(
    bool Success,
    string Filename,
    int Width,
    int Height,
    string Format,
    long Bytes,
    string Sha256,
    string? TakenAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Altered,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ConvertedFrom,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] GeoPoint? Gps,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Thumbhash,
    IReadOnlyList<ThumbnailReply> Thumbnails)
{
    public static UploadReply Of(UploadedImage image) => new(
        true,
        image.Key.ToString(),
        image.Size.Width,
        image.Size.Height,
        image.Key.Format.ToString(),
        image.Bytes,
        image.Sha256,
        image.TakenAt?.ToString(),
        image.IsAltered,
        image.ConvertedFrom?.ToString(),
        image.Gps,
        image.ThumbHash,
        [.. image.Thumbnails.Select(one => new ThumbnailReply(one.Suffix, one.Key.ToString(), one.Size.Width, one.Size.Height, one.Bytes))]);
}

internal sealed record ThumbnailReply(string Suffix, string Filename, int Width, int Height, long Bytes);
