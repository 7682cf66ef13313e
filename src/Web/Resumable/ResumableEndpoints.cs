using System.Globalization;
using ImageBackend.Application.Images;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Resumable;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Endpoints;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Resumable;

/// <summary>tus 1.0: an upload that continues where it was interrupted. Its last part is answered like <c>/upload</c>.</summary>
internal static class ResumableEndpoints
{
    private const string OfOne = Tus.Route + "/{id}";

    private static readonly string[] Head = [HttpMethods.Head];

    private static readonly RequestHeader Version = new(Tus.Resumable, "The version of tus.", Tus.Version) { IsRequired = true };
    private static readonly RequestHeader Length = new(Tus.Length, "Bytes of the whole file.", "3518724");
    private static readonly RequestHeader Checksum = new(Tus.Checksum, "Of this part: the algorithm, a space and the sum in Base64.", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");

    private static readonly string[] OfAny = ["unsupported_version", "malformed_request"];
    private static readonly string[] OfOpen = ["unknown_upload", "upload_locked"];
    private static readonly string[] OfPhotos = [.. UploadEndpoint.Refusals];
    private static readonly string[] OfParts = [.. OfPhotos, "request_too_large", "unsupported_content_type", "bad_checksum", "checksum_mismatch"];

    public static void AddResumableUploads(this IServiceCollection services)
    {
        services.AddSingleton<Holds>();
        services.AddTransient<ResumableUploads>();
        services.AddTransient<PartReceiver>();
    }

    public static void MapResumableUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Tus.Route, CreateAsync)
            .Describe("createUpload", "Begins an upload that can be continued, by tus 1.0.", "The header Location of the answer is its address, relative to this one. With a body, that is the first part.")
            .Reads(Version, Length, new RequestHeader(Tus.DeferLength, "1 if the length is said later.", "1"), new RequestHeader(Tus.Metadata, "Kept for the client, and never used.", "filename cGhvdG8uanBn"), Checksum)
            .TakesBytes(Tus.PartType, isRequired: false)
            .Produces<UploadReply>(StatusCodes.Status201Created)
            .Refuses([.. OfAny, .. OfParts, "bad_length", "bad_metadata"]);
        routes.MapPatch(OfOne, ContinueAsync)
            .Describe("continueUpload", "Takes the next part of an upload.", "The answer to the last part is that of `/upload`.")
            .Reads(Version, new RequestHeader(Tus.Offset, "Where the part begins: the bytes that have arrived so far.", "1048576") { IsRequired = true }, Length, Checksum)
            .TakesBytes(Tus.PartType, isRequired: true)
            .Produces<UploadReply>()
            .Produces(StatusCodes.Status204NoContent)
            .Refuses([.. OfAny, .. OfOpen, .. OfParts, "bad_length", "wrong_offset"]);
        routes.MapMethods(OfOne, Head, TellAsync)
            .Describe("tellUpload", "Says by its header Upload-Offset where an upload continues.", "It finishes one that is complete.")
            .Reads(Version)
            .Produces(StatusCodes.Status200OK)
            .Refuses([.. OfAny, .. OfOpen, .. OfPhotos]);
        routes.MapGet(OfOne, AnswerAsync)
            .Describe("uploadAnswer", "The answer to a complete upload, once more.")
            .Produces<UploadReply>()
            .Refuses([.. OfOpen, .. OfPhotos, "upload_incomplete"]);
        routes.MapDelete(OfOne, RemoveAsync)
            .Describe("removeUpload", "Removes an upload, or forgets its answer. The image stays.")
            .Reads(Version)
            .Refuses([.. OfAny, .. OfOpen, "storage_unavailable"]);
    }

    private static async Task<ContentHttpResult> CreateAsync(
        HttpContext context, ResumableUploads uploads, PartReceiver parts, UploadLimits limits, ServiceSettings settings, CancellationToken cancellationToken)
    {
        HttpRequest request = context.Request;
        if (request.Headers.ContainsKey(Tus.Concat))
        {
            throw new MalformedRequestException($"{Tus.Concat} is not possible here.");
        }

        long? length = TusHeaders.LengthOf(request, limits);
        string? metadata = TusHeaders.MetadataOf(request);
        bool hasPart = request.ContentLength is null ? context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true : request.ContentLength > 0;
        if (hasPart)
        {
            TusHeaders.RequirePartType(request);
        }

        await using HeldUpload held = await uploads.CreateAsync(length, metadata, settings);
        string? answer = null;
        if (hasPart)
        {
            try
            {
                await parts.ReceiveAsync(held, request, cancellationToken);
                answer = held.Partial.IsComplete ? await uploads.FinishAsync(held, context) : null;
            }
            catch
            {
                held.Remove(); // the client does not learn its address
                throw;
            }
        }

        Describe(context.Response, held.Partial);
        // Relative to the address that the client sees, which only a proxy may know.
        context.Response.Headers.Location = request.Path.Value!.EndsWith('/') ? held.Partial.Id : $"{Tus.Route[1..]}/{held.Partial.Id}";
        return Answer(StatusCodes.Status201Created, answer);
    }

    private static async Task<ContentHttpResult> ContinueAsync(
        string id, HttpContext context, ResumableUploads uploads, PartReceiver parts, UploadLimits limits, CancellationToken cancellationToken)
    {
        HttpRequest request = context.Request;
        TusHeaders.RequirePartType(request);
        long offset = TusHeaders.OffsetOf(request);
        await using HeldUpload held = uploads.Open(id);
        PartialUpload partial = held.Partial;
        if (offset != partial.Offset)
        {
            throw new RefusedRequestException(409, "wrong_offset", $"The upload continues at byte {partial.Offset}, not at {offset}.", partial.Offset, offset);
        }

        Declare(partial, TusHeaders.DeclaredLengthOf(request, limits));
        if (!partial.IsComplete || request.ContentLength > 0)
        {
            await parts.ReceiveAsync(held, request, cancellationToken);
        }

        string? answer = partial.IsComplete ? await uploads.FinishAsync(held, context) : null;
        Describe(context.Response, partial);
        return Answer(answer is null ? StatusCodes.Status204NoContent : StatusCodes.Status200OK, answer);
    }

    private static async Task TellAsync(string id, HttpContext context, ResumableUploads uploads, CancellationToken cancellationToken)
    {
        await using HeldUpload held = await uploads.TakeOverAsync(id, cancellationToken);
        if (held.Partial.IsComplete)
        {
            await uploads.FinishAsync(held, context); // who is told that everything is there sends nothing more
        }
        else
        {
            await held.Partial.ConfirmAsync();
        }

        Describe(context.Response, held.Partial);
        if (held.Partial.Metadata is { } metadata)
        {
            context.Response.Headers[Tus.Metadata] = metadata;
        }
    }

    private static async Task<ContentHttpResult> AnswerAsync(string id, HttpContext context, ResumableUploads uploads, CancellationToken cancellationToken)
    {
        await using HeldUpload held = await uploads.TakeOverAsync(id, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return held.Partial.IsComplete
            ? Answer(StatusCodes.Status200OK, await uploads.FinishAsync(held, context))
            : throw new RefusedRequestException(409, "upload_incomplete", "The upload is not complete.", held.Partial.Length, held.Partial.Offset);
    }

    private static async Task<NoContent> RemoveAsync(string id, ResumableUploads uploads, CancellationToken cancellationToken)
    {
        await using HeldUpload held = await uploads.TakeOverAsync(id, cancellationToken);
        held.Remove();
        if (held.Partial.Answer is null)
        {
            Measures.Resume("removed");
        }

        return TypedResults.NoContent();
    }

    private static void Declare(PartialUpload partial, long? length)
    {
        if (length is not { } declared || declared == partial.Length)
        {
            return;
        }

        if (partial.Length is not null || declared < partial.Offset)
        {
            throw TusHeaders.BadLength($"{Tus.Length} is not that of this upload, or is less than what has arrived.");
        }

        partial.Declare(declared);
    }

    private static void Describe(HttpResponse response, PartialUpload partial)
    {
        response.Headers[Tus.Offset] = Text(partial.Offset);
        response.Headers[partial.Length is null ? Tus.DeferLength : Tus.Length] = Text(partial.Length ?? 1);
        response.Headers[Tus.Expires] = partial.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static ContentHttpResult Answer(int status, string? json) =>
        TypedResults.Content(json, json is null ? null : "application/json; charset=utf-8", contentEncoding: null, status);
}
