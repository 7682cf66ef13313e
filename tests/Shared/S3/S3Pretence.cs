using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace ImageBackend.Testing;

/// <summary>The answers of a server that does nothing, and says that it did.</summary>
internal static partial class S3Pretence
{
    private const string NoSum = "00000000000000000000000000000000";

    /// <param name="body">Of the request.</param>
    public static async Task AnswerAsync(HttpContext context, byte[] body)
    {
        HttpRequest request = context.Request;
        string? answer = null;
        switch (request.Method)
        {
            case "DELETE":
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case "POST":
                answer = $"<DeleteResult>{string.Concat(Key().Matches(Encoding.UTF8.GetString(body)).Select(key => $"<Deleted>{key.Value}</Deleted>"))}</DeleteResult>";
                break;
            case "PUT" when request.Headers.ContainsKey("x-amz-copy-source"):
                answer = $"<CopyObjectResult><LastModified>2026-11-30T00:00:00.000Z</LastModified><ETag>\"{NoSum}\"</ETag></CopyObjectResult>";
                break;
            case "PUT":
#pragma warning disable CA5351 // it is the ETag of S3
                context.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(MD5.HashData(body))}\"";
#pragma warning restore CA5351
                break;
            default:
                throw new InvalidOperationException($"{request.Method} changes nothing.");
        }

        if (answer is not null)
        {
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync($"<?xml version=\"1.0\"?>{answer}");
        }
    }

    [GeneratedRegex("<Key>[^<]*</Key>")]
    private static partial Regex Key();
}
