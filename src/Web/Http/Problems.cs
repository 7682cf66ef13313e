using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Http;

/// <summary>Errors as <c>application/problem+json</c> with a stable code.</summary>
internal static class Problems
{
    /// <param name="detail">What is wrong, for people.</param>
    public static ProblemHttpResult Result(int status, string code, string detail, long? limit = null, long? actual = null, string? requestId = null)
    {
        Dictionary<string, object?> facts = new() { ["code"] = code };
        Add("limit", limit);
        Add("actual", actual);
        Add("requestId", requestId);
        return TypedResults.Problem(detail, statusCode: status, extensions: facts);

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                facts[name] = value;
            }
        }
    }

    public static ProblemHttpResult UnknownRoute() => Result(StatusCodes.Status404NotFound, "unknown_route", "There is nothing at this address.");

    /// <summary>The answer of a service that ends; whoever follows it at this address is soon there.</summary>
    public static ProblemHttpResult ShuttingDown(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        context.Response.Headers.RetryAfter = "5";
        return Result(StatusCodes.Status503ServiceUnavailable, "shutting_down", "The service is shutting down. Try again later.");
    }

    /// <summary>Gives a body to answers that have only a status: there is no such route, or not with this method.</summary>
    public static Task WriteForStatusAsync(StatusCodeContext context)
    {
        HttpContext http = context.HttpContext;
        if (HttpMethods.IsOptions(http.Request.Method) && http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            // OPTIONS asks for exactly that: the methods of this address.
            http.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        }

        ProblemHttpResult? problem = http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => UnknownRoute(),
            StatusCodes.Status405MethodNotAllowed => Result(405, "method_not_allowed", $"Only {http.Response.Headers.Allow} is possible here."),
            StatusCodes.Status400BadRequest => Result(400, "malformed_request", "The request is malformed."),
            _ => null, // 412 and 416 for an image say everything by themselves
        };
        return problem?.ExecuteAsync(http) ?? Task.CompletedTask;
    }
}
