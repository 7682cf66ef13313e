using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace ImageBackend.Testing;

/// <summary>How a server is unusual.</summary>
public enum S3Oddity
{
    /// <summary>It removes several objects only if it gets the MD5 of their list.</summary>
    WantsContentMd5,

    /// <summary>It can't remove several objects in one request.</summary>
    HasNoDeleteObjects,

    /// <summary>It lists in pages of two, and does not say how to continue.</summary>
    ListsWithoutToken,

    /// <summary>It lists in pages of two, and starts over whenever it should continue.</summary>
    ListsInCircles,

    /// <summary>It accepts no request with an ACL.</summary>
    HasNoAcls,
}

/// <summary>Turns a proxy before the real server into an unusual one: the real one handles what it neither refuses nor changes.</summary>
public static partial class OddServer
{
    private const string NotKnown = "A header or query you provided requested a function that is not implemented.";

    public static async Task<FaultProxy> StartAsync(S3Server server, S3Oddity oddity, S3Refusal? refusal = null)
    {
        FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint);
        proxy.Be(oddity, refusal);
        return proxy;
    }

    /// <param name="refusal">How an unknown request is refused; null: 501.</param>
    public static void Be(this FaultProxy proxy, S3Oddity oddity, S3Refusal? refusal = null)
    {
        refusal ??= new S3Refusal(501, "NotImplemented", NotKnown);
        string? firstPage = null;
        switch (oddity)
        {
            case S3Oddity.WantsContentMd5:
                proxy.Refusals = (request, body) => !IsRemoval(request.Method, request.QueryString.Value) ? null
                    : (string?)request.Headers.ContentMD5 is not { } sum ? new S3Refusal(400, "MissingContentMD5", "Missing required header for this request: Content-MD5.")
                    : sum != Md5Of(body) ? new S3Refusal(400, "BadDigest") : null;
                break;
            case S3Oddity.HasNoDeleteObjects:
                proxy.Refusals = (request, _) => IsRemoval(request.Method, request.QueryString.Value) ? refusal : null;
                break;
            case S3Oddity.HasNoAcls:
                proxy.Refusals = (request, _) => request.Headers.TryGetValue("x-amz-acl", out StringValues acl)
                    ? refusal with { Message = $"Header 'x-amz-acl' with value '{acl}' not implemented" }
                    : request.Query.ContainsKey("acl") ? refusal : null;
                break;
            case S3Oddity.ListsWithoutToken:
                proxy.Answers = (target, answer) => IsList(target) ? PageOfTwo(answer, token: "") : answer;
                break;
            case S3Oddity.ListsInCircles:
                proxy.Answers = (target, answer) => IsList(target)
                    ? firstPage ??= PageOfTwo(answer, "<NextContinuationToken>on</NextContinuationToken>")
                    : answer;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(oddity));
        }
    }

    private static bool IsRemoval(string method, string? query) => method == "POST" && query?.StartsWith("?delete", StringComparison.Ordinal) == true;

    private static bool IsList(string target) => target.Contains("list-type=2", StringComparison.Ordinal);

    private static string PageOfTwo(string answer, string token)
    {
        MatchCollection found = Found().Matches(answer);
        return found.Count <= 2 && answer.Contains("<IsTruncated>false", StringComparison.Ordinal)
            ? answer
            : Found().Replace(Truncated().Replace(answer, match => match.Value.StartsWith("<Is", StringComparison.Ordinal) ? $"<IsTruncated>true</IsTruncated>{token}" : ""), match => found.Take(2).Any(kept => kept.Value == match.Value) ? match.Value : "");
    }

    private static string Md5Of(byte[] body)
    {
        // As in S3.
#pragma warning disable CA5351
        return Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351
    }

    [GeneratedRegex("<Contents>.*?</Contents>", RegexOptions.Singleline)]
    private static partial Regex Found();

    [GeneratedRegex("<IsTruncated>.*?</IsTruncated>|<NextContinuationToken>.*?</NextContinuationToken>")]
    private static partial Regex Truncated();
}
