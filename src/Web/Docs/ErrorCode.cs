using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace ImageBackend.Web.Docs;

/// <summary>A code of an error, as clients may rely on it.</summary>
/// <param name="Status">The HTTP status that it comes with.</param>
/// <param name="Meaning">What is wrong, as the field <c>detail</c> may say it.</param>
internal sealed record ErrorCode(int Status, string Code, string Meaning)
{
    public static readonly IReadOnlyList<ErrorCode> All =
    [
        new(400, "no_file", "The form has no part named 'file'."),
        new(400, "several_files", "The form has several parts named 'file'; send one photo at a time."),
        new(400, "empty_file", "The file is empty."),
        new(400, "unsupported_format", "The file is not a picture in an accepted format: JPEG, PNG, GIF, SVG, WebP, AVIF or HEIC."),
        new(400, "unsupported_animation", "Animated WebP is not accepted; send an animation as GIF."),
        new(400, "broken_image", "The picture is damaged or cut off."),
        new(400, "too_many_pixels", "The picture has more pixels than the limit."),
        new(400, "too_many_frames", "The animation has more frames than the limit."),
        new(400, "image_too_complex", "The picture takes too long or too much memory to decode."),
        new(400, "bad_key", "This is not a valid name of an original."),
        new(400, "bad_crop", "A crop is WxH+X+Y, in pixels, and touches the picture."),
        new(400, "bad_rotation", "This image can't be rotated like that."),
        new(400, "bad_parameter", "A parameter in the address is not valid."),
        new(400, "malformed_request", "The request is malformed or cut off."),
        new(400, "bad_length", "Give Upload-Length, or 'Upload-Defer-Length: 1'."),
        new(400, "bad_metadata", "Upload-Metadata is not a list of different names, each with a value in Base64."),
        new(400, "bad_checksum", "Upload-Checksum is not the name of an algorithm, a space and the sum in Base64."),
        new(401, "secret_missing", "The form has no field 'secret', and there is no header 'Authorization: Bearer'."),
        new(403, "secret_wrong", "The field 'secret' is not the secret key."),
        new(404, "unknown_image", "There is no such image."),
        new(404, "unknown_upload", "There is no such upload: it was never begun here, was refused or removed, or has expired."),
        new(404, "unknown_route", "There is nothing at this address."),
        new(405, "method_not_allowed", "Only the methods in the header Allow are possible here."),
        new(408, "too_slow", "The request came too slowly."),
        new(409, "wrong_offset", "The upload continues at another byte."),
        new(409, "upload_incomplete", "The upload is not complete."),
        new(412, "unsupported_version", "Send 'Tus-Resumable: 1.0.0'."),
        new(413, "file_too_large", "The file is larger than the limit."),
        new(413, "request_too_large", "The request is larger than the limit."),
        new(415, "unsupported_content_type", "Send 'Content-Type: application/offset+octet-stream'."),
        new(423, "upload_locked", "Another request works on this upload. Try again later."),
        new(460, "checksum_mismatch", "The part is not what its checksum says."),
        new(500, "internal", "Something went wrong in the service."),
        new(503, "busy", "The service is busy. Try again later."),
        new(503, "storage_unavailable", "The storage does not work at the moment. Try again later."),
        new(503, "storage_full", "The storage is full. Try again later."),
        new(503, "batches_unavailable", "The database of batches can't be used at the moment."),
        new(503, "shutting_down", "The service is shutting down. Try again in a moment."),
    ];

    private static readonly FrozenDictionary<string, ErrorCode> ByCode = All.ToFrozenDictionary(one => one.Code);

    public static ErrorCode Named(string code) => ByCode[code];

    public JsonObject Example() => new()
    {
        ["title"] = ReasonPhrases.GetReasonPhrase(Status),
        ["status"] = Status,
        ["detail"] = Meaning,
        ["code"] = Code,
    };
}
